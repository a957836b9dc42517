/**
 * Benchmarks of Carillon beside other schedulers, as real processes on one real PostgreSQL.
 *
 * <p>{@link io.carillon.bench.Bench} runs a suite: a list of {@link io.carillon.bench.BenchCase}s,
 * one class each, over systems under test, one class each; the suites are firing and executions.
 * {@link io.carillon.bench.ScheduleBenchmark} is apart from these: JMH measures what a next planned
 * instant costs, in one JVM without a database. What the suites share is the {@link
 * io.carillon.bench.Rig}: the PostgreSQL, the child processes, the sizes and the results.
 *
 * <p><b>How a firing is timed.</b> Triggers are loaded far from due, then a set of them is made due
 * at one instant a moment ahead, by the same statement for every system. A firing counts when its
 * transaction has committed, and PostgreSQL itself says when that was ({@code
 * track_commit_timestamp}); a round lasts from the due instant to the last commit. So nothing
 * depends on the clock, the polling or the reporting of a replica.
 *
 * <p><b>How executions are timed.</b> A backlog appears with one commit, while replicas run; a
 * drain lasts from the start of the first execution until no row is left to do. docs/benchmarks.md
 * says how the other cases are measured.
 *
 * <p><b>What makes a figure void.</b> After each round the rows are counted: a trigger fired twice,
 * an execution missing, a count that a replica saw otherwise, and the run ends with an error
 * instead of a figure.
 */
@NullMarked
package io.carillon.bench;

import org.jspecify.annotations.NullMarked;
