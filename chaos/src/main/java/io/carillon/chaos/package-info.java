/**
 * Runs the packaged Carillon under faults and proves from outside that its ledger is right.
 *
 * <p>{@link io.carillon.chaos.Chaos} starts a {@link io.carillon.chaos.Cluster}: a PostgreSQL, and
 * replicas as processes, each behind a {@link io.carillon.chaos.Proxy} of its own. {@link
 * io.carillon.chaos.Load} creates jobs and submits executions, and notes what was asked for and
 * what was answered; the {@link io.carillon.chaos.Target} notes each request that it receives.
 * Meanwhile {@link io.carillon.chaos.Faults} does one {@link io.carillon.chaos.Fault} after the
 * other, chosen from the seed. Then everything is healed, and nothing more is planned.
 *
 * <p><b>Why it can be believed.</b> {@link io.carillon.chaos.Checker} compares three accounts: what
 * was asked for, the ledger as plain SQL reads it, and what the target received. Nothing here uses
 * code of Carillon. Which instants a job has follows from what its creator asked for, not from what
 * Carillon stored about it: an interval from an instant to an instant.
 *
 * <p><b>What a seed repeats.</b> The order of faults, whom they hit and how long they take, and the
 * order of what is submitted; not how threads and processes meet.
 */
@NullMarked
package io.carillon.chaos;

import org.jspecify.annotations.NullMarked;
