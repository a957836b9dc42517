/**
 * The {@code custom} type: remote workers, which claim it over HTTP, define what it does (package
 * {@code io.carillon.remote}). No replica runs it.
 */
@NullMarked
package io.carillon.handler.custom;

import org.jspecify.annotations.NullMarked;
