package io.carillon.schedule;

import java.nio.charset.StandardCharsets;

/**
 * Computes the hash for {@code H} and jitter. It must never change, because a change would move the
 * planned instants of every job that uses it.
 *
 * <p>FNV-1a of 64 bits (Fowler, Noll and Vo) over the UTF-8 bytes of the seed, then, with the field
 * mixed in, the finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
 * number generators", 2014), since FNV alone spreads similar seeds poorly over small ranges.
 */
final class SeedHash {

    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private SeedHash() {}

    /**
     * Returns a number from 0 to {@code bound - 1}; fields of the same seed get unrelated numbers.
     */
    static int of(String seed, CronField field, int bound) {
        return (int) Long.remainderUnsigned(mix(of(seed) + GOLDEN_GAMMA * number(field)), bound);
    }

    /** Returns a number from 0 to {@code bound - 1} for an instant and a seed, for jitter. */
    static long of(long seedHash, long epochMillis, long bound) {
        return Long.remainderUnsigned(mix(seedHash + GOLDEN_GAMMA * epochMillis), bound);
    }

    /** Hashes only the seed, FNV-1a. */
    static long of(String seed) {
        long hash = FNV_BASIS;
        for (byte b : seed.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /** Written out, because reordering the enum must not move any job's instants. */
    private static int number(CronField field) {
        return switch (field) {
            case SECOND -> 1;
            case MINUTE -> 2;
            case HOUR -> 3;
            case DAY_OF_MONTH -> 4;
            case MONTH -> 5;
            case DAY_OF_WEEK -> 6;
            case YEAR -> 7;
        };
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
