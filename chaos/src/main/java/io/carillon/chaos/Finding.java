package io.carillon.chaos;

/**
 * A deviation.
 *
 * @param what with ids
 */
record Finding(Invariant invariant, String what) {}
