/**
 * The {@code heartbeat} type: calls nothing, but expects a sign of life of something that runs
 * elsewhere at each planned instant, and fails if none comes.
 */
@NullMarked
package io.carillon.handler.heartbeat;

import org.jspecify.annotations.NullMarked;
