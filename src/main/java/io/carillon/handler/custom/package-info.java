/**
 * The {@code custom} type: what it does is known to remote workers alone, which claim it over HTTP
 * (package {@code io.carillon.remote}). No replica runs it.
 */
@NullMarked
package io.carillon.handler.custom;

import org.jspecify.annotations.NullMarked;
