/**
 * The HTTP edge, shared by all resources: it refuses unknown fields and query parameters ({@link
 * io.carillon.http.BodyReading}, {@link io.carillon.http.QueryLimit}), turns every failure into a
 * problem document ({@link io.carillon.http.ProblemMappers}), and describes both in OpenAPI.
 * Resources use it; it knows none of them.
 */
@NullMarked
package io.carillon.http;

import org.jspecify.annotations.NullMarked;
