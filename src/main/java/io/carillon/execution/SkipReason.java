package io.carillon.execution;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists why executions are skipped; used as the {@code reason} of the SKIPPED row. */
public enum SkipReason {
    /** It was found too late, and the job's misfire policy does not execute it. */
    MISFIRE,
    /** It was found later than the job's catch-up window. */
    CATCH_UP_WINDOW,
    /** More instants were missed than the job's catch-up limit. */
    CATCH_UP_LIMIT,
    /** The job was paused. */
    PAUSED,
    /** An earlier execution of the job was active. */
    OVERLAP,
    /** It had not been started by its start deadline. */
    DEADLINE;

    /**
     * Returns the reason for a stored word; empty if it is null or only another version knows it.
     */
    public static Optional<SkipReason> known(@Nullable String stored) {
        return Arrays.stream(values()).filter(each -> each.name().equals(stored)).findFirst();
    }
}
