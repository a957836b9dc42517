package io.carillon.execution.dispatch;

import java.util.UUID;

/** Pauses a job whose target does not want to be called any more. */
public interface JobPauser {
    /**
     * @param note for whoever wonders why
     */
    void pause(UUID jobId, String note);
}
