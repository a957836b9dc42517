/**
 * The command-line client: {@code carillon jobs}, {@code carillon apply -f jobs.yaml}. It is in the
 * same jar and executable as the service, calls the API like any other client, and shares no code
 * with the service, whose start it must not pay for.
 *
 * <p>A command is one class: its options by picocli, a call by {@link io.carillon.cli.Session}, a
 * table or the answer itself as JSON. It ends with 0; 1 if the service refuses, or what it waited
 * for failed; 2 if the command line is wrong; 3 if there is no answer; 4 if asked to tell that
 * something would change.
 */
@NullMarked
package io.carillon.cli;

import org.jspecify.annotations.NullMarked;
