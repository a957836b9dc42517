package io.carillon.trace;

import java.util.HexFormat;
import java.util.UUID;

/** Reads the ids of traces and spans from executions. */
public final class TraceIds {
    private TraceIds() {}

    /** Returns the trace of an execution: its id as 32 hexadecimal digits. */
    public static String traceOf(UUID executionId) {
        return hex(executionId.getMostSignificantBits()) + spanOf(executionId);
    }

    /** Returns the span of an execution: the second half of its id. */
    public static String spanOf(UUID executionId) {
        return hex(executionId.getLeastSignificantBits());
    }

    /** Returns the span of what made an execution: a firing, or a request. */
    public static String originOf(UUID executionId) {
        return hex(executionId.getLeastSignificantBits() ^ 1);
    }

    /** Returns the span of an attempt: the epoch of its claim. */
    public static String spanOf(long epoch) {
        return hex(epoch);
    }

    private static String hex(long value) {
        return HexFormat.of().toHexDigits(value);
    }
}
