/**
 * Carillon: a clustered cron and job service. This package is the process: it checks the settings,
 * starts the service and stops it. Each feature has its own package, whose package-info describes
 * it; docs/architecture.md lists them in order of dependency.
 */
@NullMarked
package io.carillon;

import org.jspecify.annotations.NullMarked;
