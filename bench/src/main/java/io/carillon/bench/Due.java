package io.carillon.bench;

/**
 * Which triggers are made due, and when: {@code count} of them, evenly scattered over all, {@code
 * spacingMicros} apart, the first at an instant the round chooses.
 *
 * @param offset another for each round takes others, where there are enough
 */
record Due(int count, int stride, int offset, long spacingMicros) {
    /** All of {@code count} triggers at once. */
    static Due herd(int count) {
        return new Due(count, 1, 0, 0);
    }

    /**
     * So many out of {@code jobs} at once; others in the next round, as far as there are others.
     */
    static Due some(int count, int jobs, int round) {
        int stride = jobs / count;
        return new Due(count, stride, round % stride, 0);
    }

    static Due steady(int count, int perSecond) {
        return new Due(count, 1, 0, 1_000_000L / perSecond);
    }

    /** From the first to the last. */
    long spanMillis() {
        return count * spacingMicros / 1000;
    }
}
