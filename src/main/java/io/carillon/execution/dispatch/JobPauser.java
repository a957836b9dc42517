package io.carillon.execution.dispatch;

import java.util.UUID;

/** Pauses a job whose target asks not to be called any more. */
public interface JobPauser {
    /**
     * @param note why it is paused, for people
     */
    void pause(UUID jobId, String note);
}
