/**
 * Limits what jobs do to one host, over all replicas: how many calls it has at once, and whether it
 * is called at all while it fails. A call that has to wait is not waited for: its execution is held
 * back, so that it takes no slot from others, and the attempt does not count.
 *
 * <p><b>Calls at once.</b> A call takes one of the host's places, each an advisory lock of
 * PostgreSQL on a session that this replica keeps. PostgreSQL gives a place to one session at a
 * time, and frees the places of a replica that dies, whatever it was doing. If the session is lost
 * while its replica lives, calls under way go on without their places.
 *
 * <p><b>Pauses</b> (a circuit breaker: M. Nygard, Release It!, 2007) are rows, which every replica
 * reads. A replica that sees so many calls fail in a row that the limit says so makes one; when it
 * is over, one call is let through, by compare-and-set, and ends it or makes it longer.
 */
@NullMarked
package io.carillon.outgoing.limit;

import org.jspecify.annotations.NullMarked;
