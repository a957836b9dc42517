/** Carillon: a clustered cron and job service. Each feature has a package; see DESIGN §4. */
@NullMarked
package io.carillon;

import org.jspecify.annotations.NullMarked;
