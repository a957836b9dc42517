package io.carillon.replica;

/** Defines the order in which the parts of a replica start: lower numbers first. */
public final class StartOrder {
    /** Before Quarkus's extensions start their parts, such as the scheduler of housekeeping. */
    public static final int BEFORE_EXTENSIONS = -1000;

    public static final int NOTIFICATIONS = 1000;
    public static final int KEYS = 1500;
    public static final int WORKER = 2000;
    public static final int DISPATCH = 3000;
    public static final int FIRING = 4000;
    public static final int HOUSEKEEPING = 4500;
    public static final int SAMPLE = 5000;

    /** For observers of the shutdown whose part everything else may still need. */
    public static final int LAST = 9000;

    private StartOrder() {}
}
