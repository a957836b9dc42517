package io.carillon.schedule;

/** Handles sets of small numbers, stored in the bits of a long. */
final class Bits {

    /** The result if a set has no further member. */
    static final int NONE = -1;

    private Bits() {}

    static boolean has(long set, int value) {
        return ((set >>> value) & 1) != 0;
    }

    static long of(int value) {
        return 1L << value;
    }

    /** All numbers from {@code first} to {@code last}, at most 63. */
    static long range(int first, int last) {
        return (-1L << first) & (-1L >>> (63 - last));
    }

    /** The smallest member that is at least {@code from} (0 to 63), or {@link #NONE}. */
    static int next(long set, int from) {
        long rest = set & (-1L << from);
        return rest == 0 ? NONE : Long.numberOfTrailingZeros(rest);
    }

    /** The largest member that is at most {@code from} (0 to 63), or {@link #NONE}. */
    static int previous(long set, int from) {
        long rest = set & (-1L >>> (63 - from));
        return rest == 0 ? NONE : 63 - Long.numberOfLeadingZeros(rest);
    }

    static int first(long set) {
        return Long.numberOfTrailingZeros(set);
    }

    static int last(long set) {
        return 63 - Long.numberOfLeadingZeros(set);
    }
}
