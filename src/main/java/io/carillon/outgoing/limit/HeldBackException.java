package io.carillon.outgoing.limit;

import java.time.Duration;

/** The host may not be called now. Nothing was sent. */
public final class HeldBackException extends Exception {
    /** The host has as many calls as it may have. */
    public static final String BUSY = "HOST_BUSY";

    /** The host is not called for a while, because calls failed. */
    public static final String PAUSED = "HOST_PAUSED";

    private static final long serialVersionUID = 1;

    private final String code;
    private final Duration delay;

    HeldBackException(String code, Duration delay, String message) {
        super(message);
        this.code = code;
        this.delay = delay;
    }

    /** Whether an error has one of these codes. */
    public static boolean isCode(String code) {
        return code.equals(BUSY) || code.equals(PAUSED);
    }

    /** {@link #BUSY} or {@link #PAUSED}. */
    public String code() {
        return code;
    }

    /** Returns after what time to ask again. */
    public Duration delay() {
        return delay;
    }
}
