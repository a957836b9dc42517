/**
 * One process of Carillon: its background loops, and what readiness and metrics know of them. This
 * is the lowest package: every package may use it, and it uses none.
 *
 * <p>A replica's background work is a set of {@linkplain io.carillon.replica.Loop loops}, each one
 * thread that calls one round again and again. A loop survives anything its round throws, errors
 * included, because a thread that ends silently is worse than one that fails visibly. It backs off
 * while rounds fail, so that it does not ask a database that refuses everything thousands of times
 * a second. It logs once per kind of failure, not once per round. Readiness turns false while a
 * loop that jobs depend on fails or is stuck in a round; {@link io.carillon.replica.Loops} keeps
 * the list. Quartz paces its own thread, so that thread is not a loop, but it reports its
 * {@linkplain io.carillon.replica.Rounds rounds} too.
 */
@NullMarked
package io.carillon.replica;

import org.jspecify.annotations.NullMarked;
