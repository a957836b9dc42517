/**
 * The HTTP edge, once for all resources: how JSON is read (strictly) and how everything that goes
 * wrong becomes an RFC 9457 problem document. Features throw {@link
 * io.carillon.problem.ProblemException}; nothing here knows a feature.
 */
@NullMarked
package io.carillon.problem;

import org.jspecify.annotations.NullMarked;
