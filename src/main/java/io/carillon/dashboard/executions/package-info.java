/** The screens of executions: their list, one execution, and dead letters by job and error. */
@NullMarked
package io.carillon.dashboard.executions;

import org.jspecify.annotations.NullMarked;
