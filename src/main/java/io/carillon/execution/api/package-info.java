/** The endpoints under {@code /executions}: requests, pages, and nothing that decides anything. */
@NullMarked
package io.carillon.execution.api;

import org.jspecify.annotations.NullMarked;
