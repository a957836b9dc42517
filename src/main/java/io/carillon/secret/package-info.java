/**
 * Secrets: texts that jobs send and nobody reads back, by namespace and name.
 *
 * <p>Stored is what AES-256-GCM makes of a value under a master key, which comes from the
 * configuration and never from the database: whoever has a dump has no secret. Namespace and name
 * are authenticated with it, so that a row that is copied to another name cannot be read. Each row
 * names its master key by an id that is a hash of the key. Several keys may be configured: all
 * read, the first writes, so that a key can be replaced while replicas are updated one by one.
 *
 * <p>A replica whose keys cannot read what is stored does not start: it would fail the executions
 * it claims. No value leaves by the API; {@link io.carillon.secret.Secrets} gives it to attempts.
 */
@NullMarked
package io.carillon.secret;

import org.jspecify.annotations.NullMarked;
