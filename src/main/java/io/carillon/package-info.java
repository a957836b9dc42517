/**
 * Carillon: a clustered cron and job service. This package is the process: it checks the settings,
 * starts and stops. Each feature has a package, which says what lives there; docs/architecture.md
 * has them in the order in which they build on each other.
 */
@NullMarked
package io.carillon;

import org.jspecify.annotations.NullMarked;
