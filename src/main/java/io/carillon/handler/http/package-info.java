/** The {@code http} type: calls a URL and keeps its answer. */
@NullMarked
package io.carillon.handler.http;

import org.jspecify.annotations.NullMarked;
