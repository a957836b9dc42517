/**
 * Benchmarks of Carillon beside other schedulers, as real processes on one real PostgreSQL.
 *
 * <p>{@link io.carillon.bench.Bench} runs a suite: a list of {@link io.carillon.bench.BenchCase}s,
 * one class each, over systems under test, one class each. What they share is the {@link
 * io.carillon.bench.Rig}: the PostgreSQL, the child processes, the sizes and the results.
 *
 * <p><b>How a firing is timed.</b> Triggers are loaded far from due, then a set of them is made due
 * at one instant a moment ahead, by the same statement for every system. A firing counts when its
 * transaction has committed, and PostgreSQL itself says when that was ({@code
 * track_commit_timestamp}); a round lasts from the due instant to the last commit. So nothing
 * depends on the clock, the polling or the reporting of a replica.
 *
 * <p><b>What makes a figure void.</b> After each round the rows are counted: a trigger fired twice,
 * an execution missing, a count that a replica saw otherwise, and the run ends with an error
 * instead of a figure.
 */
@NullMarked
package io.carillon.bench;

import org.jspecify.annotations.NullMarked;
