package io.carillon.job;

/** Whether a job's schedule goes on. */
public enum JobStatus {
    ACTIVE,
    PAUSED,
    /** Its schedule has no instant left. */
    COMPLETED,
    /** It can be restored until retention ends. */
    DELETED
}
