/**
 * Serves the history of a job: its revisions, their differences, how to revert to one, and why a
 * planned instant was or was not executed ({@link io.carillon.job.history.Explanations}). Reads
 * what {@code job} keeps; changes jobs only through it.
 */
@NullMarked
package io.carillon.job.history;

import org.jspecify.annotations.NullMarked;
