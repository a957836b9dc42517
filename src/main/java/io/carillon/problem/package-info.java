/**
 * Describes why a request is refused: an RFC 9457 problem document with every violation. Features
 * throw {@link io.carillon.problem.ProblemException}; {@code http} answers with it. Nothing here
 * knows a feature, JSON or HTTP.
 */
@NullMarked
package io.carillon.problem;

import org.jspecify.annotations.NullMarked;
