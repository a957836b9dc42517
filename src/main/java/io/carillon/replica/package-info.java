/**
 * One process of Carillon, the ground floor: its background loops and what readiness and metrics
 * know of them. Every package may use it, and it uses none.
 *
 * <p>A replica's background work is a set of {@linkplain io.carillon.replica.Loop loops}, each one
 * thread that calls one round again and again. A loop survives whatever its round throws, errors
 * included, because a thread that has ended in silence is worse than one that fails aloud. It backs
 * off while rounds fail, so that a database that refuses everything is not asked thousands of times
 * a second, and it says so once per kind of failure, not once per round. Readiness turns false
 * while a loop that jobs depend on fails or is stuck in a round; {@link io.carillon.replica.Loops}
 * keeps the list. A thread that somebody else's code paces, Quartz's, is no loop, and tells of its
 * {@linkplain io.carillon.replica.Rounds rounds} all the same.
 */
@NullMarked
package io.carillon.replica;

import org.jspecify.annotations.NullMarked;
