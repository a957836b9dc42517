/**
 * Who asks, and what they may do: API keys, roles, and the scope of a request.
 *
 * <p>A request is made by a {@link io.carillon.security.Caller}, found from its key by {@link
 * io.carillon.security.Authentication} before anything else is read. Each operation of the API says
 * by {@link io.carillon.security.Needs} which role it needs; the caller has roles in namespaces,
 * and what it has for the operation at hand is its {@link io.carillon.security.Scope}. Everything
 * that reads or writes what belongs to a namespace takes a scope: what it cannot see is answered
 * like what does not exist, and what it can see but not change by the name of the role it lacks.
 *
 * <p>What needs a scope to be asked and belongs to no room above is here too: {@link
 * io.carillon.security.AuditQueries} reads the audit log, and {@link
 * io.carillon.security.SignInResource} lets people bring their key to the page.
 *
 * <p>Keys are stored as hashes. Every replica holds all of them in memory, so that a check costs no
 * query: {@link io.carillon.security.KeyRing} follows the table by a number that each change takes
 * from a sequence under the table's lock, which makes the order of numbers the order of commits. A
 * notification brings a change at once; polling, within half a second, brings those whose
 * notification was lost.
 */
@NullMarked
package io.carillon.security;

import org.jspecify.annotations.NullMarked;
