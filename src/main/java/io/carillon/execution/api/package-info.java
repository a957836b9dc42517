/** The endpoints under {@code /executions}: requests and pages. It makes no decisions. */
@NullMarked
package io.carillon.execution.api;

import org.jspecify.annotations.NullMarked;
