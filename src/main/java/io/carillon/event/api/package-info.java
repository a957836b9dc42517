/**
 * The endpoint of events: pages, and streams.
 *
 * <p>One loop of a replica reads new events for all of its readers and keeps the last ones in
 * memory, only while there are readers. A reader that falls behind them reads from PostgreSQL, a
 * few readers at a time. Each reader has a virtual thread and no buffer of its own, so a slow one
 * costs nobody memory.
 */
@NullMarked
package io.carillon.event.api;

import org.jspecify.annotations.NullMarked;
