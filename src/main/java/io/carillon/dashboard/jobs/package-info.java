/** The screens of jobs: their list, one job, and the form that makes and changes one. */
@NullMarked
package io.carillon.dashboard.jobs;

import org.jspecify.annotations.NullMarked;
