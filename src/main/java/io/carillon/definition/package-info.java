/**
 * Defines what a job is: its {@linkplain io.carillon.definition.JobDefinition definition}, with
 * every field, constraint and default, its policies, and the cache by job and version of what
 * attempts need ({@link io.carillon.definition.AttemptDefinitions}). A version is always read
 * together with the row it belongs to, under a lock or in one statement, so a cached entry is never
 * stale. Packages above act on jobs; this one only describes them.
 */
@NullMarked
package io.carillon.definition;

import org.jspecify.annotations.NullMarked;
