/**
 * The HTTP edge, once for all resources: bodies and query parameters that are not known are refused
 * ({@link io.carillon.http.BodyReading}, {@link io.carillon.http.QueryLimit}), whatever goes wrong
 * becomes a problem document ({@link io.carillon.http.ProblemMappers}), and OpenAPI learns of both.
 * Resources use it; it knows none of them.
 */
@NullMarked
package io.carillon.http;

import org.jspecify.annotations.NullMarked;
