/**
 * URLs by which others tell Carillon what became of their work, without a key: whoever has such a
 * URL may tell it about one attempt of an execution, or about the heartbeat of one job.
 */
@NullMarked
package io.carillon.callback;

import org.jspecify.annotations.NullMarked;
