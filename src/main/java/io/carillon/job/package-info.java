/**
 * Jobs: what to do and when. Owns the table {@code job} and the endpoints under {@code /jobs}. A
 * job and its trigger change in one transaction: first the job's row is locked, then {@link
 * io.carillon.firing.Triggers} settles and locks the trigger, then both change.
 */
@NullMarked
package io.carillon.job;

import org.jspecify.annotations.NullMarked;
