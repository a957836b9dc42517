/**
 * Traces by OpenTelemetry: who belongs to which trace, and the way to a collector. Other rooms say
 * what has happened as finished {@linkplain io.carillon.trace.Span spans}; this one sends them.
 *
 * <p>The trace of an execution needs no storage, because all of its ids are read from the
 * execution: the trace id is the execution's id, the span of the execution is the second half of
 * that id, and the span of an attempt is the epoch of its claim. A half of a UUID has its highest
 * bit set and an epoch has not, so they are never the same. Thus replicas that never spoke to each
 * other write spans of one trace, a target knows its parent before that is written, and an
 * execution that has caused another can be linked without being asked. Which executions are traced
 * is decided by their ids too, so all replicas agree.
 *
 * <p>Nothing that runs jobs waits for a collector: a span goes into a bounded queue, or is dropped
 * and counted. Without an endpoint there is no thread, and nothing is kept.
 */
@NullMarked
package io.carillon.trace;

import org.jspecify.annotations.NullMarked;
