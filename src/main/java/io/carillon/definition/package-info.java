/**
 * Defines what a job is: its {@linkplain io.carillon.definition.JobDefinition definition}, with
 * every field, constraint and default, the policies it can choose, and what of it attempts need,
 * kept in memory under the job's version ({@link io.carillon.definition.AttemptDefinitions}). A
 * version is read together with what it belongs to, under a lock or in one statement, so what is
 * found under it is never stale. Everything that acts on jobs is above; nothing here acts.
 */
@NullMarked
package io.carillon.definition;

import org.jspecify.annotations.NullMarked;
