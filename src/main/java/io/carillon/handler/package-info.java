/**
 * The extension point for job types: a {@link io.carillon.handler.JobHandler} is a CDI bean with a
 * type name, a config record that is validated when a job is saved, and {@code run}. Each job type
 * has a subpackage. A handler knows nothing of queues, leases and retries: it gets a context and
 * returns an outcome.
 */
@NullMarked
package io.carillon.handler;

import org.jspecify.annotations.NullMarked;
