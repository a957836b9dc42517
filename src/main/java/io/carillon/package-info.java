/**
 * Carillon: a clustered cron and job service. Each feature has a package, which says what lives
 * there; docs/how-it-works.md says how they act together.
 */
@NullMarked
package io.carillon;

import org.jspecify.annotations.NullMarked;
