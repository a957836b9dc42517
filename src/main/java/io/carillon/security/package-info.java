/**
 * Identifies callers and decides what they may do: API keys, tokens of another service, roles, and
 * the scope of a request.
 *
 * <p>A request is made by a {@link io.carillon.security.Caller}, found from its key or token by
 * {@link io.carillon.security.Authentication} before anything else is read. Each operation of the
 * API declares with {@link io.carillon.security.Needs} which role it needs. The caller has roles in
 * namespaces; those that count for the current operation form its {@link
 * io.carillon.security.Scope}. Everything that reads or writes data of a namespace takes a scope.
 * What the caller may not see is answered as if it did not exist; for what it may see but not
 * change, the answer names the missing role.
 *
 * <p>Keys are stored as hashes. Every replica holds all of them in memory, so that a check costs no
 * query: {@link io.carillon.security.KeyRing} follows the table by a number that each change takes
 * from a sequence under the table's lock, which makes the order of numbers the order of commits. A
 * notification brings a change at once; if it is lost, polling brings the change within half a
 * second.
 *
 * <p>{@link io.carillon.security.Tokens} checks tokens by the public keys of their issuer, which
 * {@link io.carillon.security.TokenKeys} holds, and turns their claims into roles. So a check costs
 * no call either, and an issuer that is away stops nobody whose token's key is known. People who
 * have signed in at the issuer have a session, {@link io.carillon.security.Sessions}.
 */
@NullMarked
package io.carillon.security;

import org.jspecify.annotations.NullMarked;
