package io.carillon.job;

/** Tells whether a job's schedule goes on. */
public enum JobStatus {
    ACTIVE,
    PAUSED,
    /** Its schedule has no instant left. */
    COMPLETED,
    /** The job is deleted; it can be restored until retention ends. */
    DELETED
}
