/** The {@code noop} type: sleeps or fails as told; for demonstrations, tests and benchmarks. */
@NullMarked
package io.carillon.handler.noop;

import org.jspecify.annotations.NullMarked;
