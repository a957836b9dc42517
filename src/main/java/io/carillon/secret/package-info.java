/**
 * Secrets: texts that jobs send and nobody can read back, by namespace and name.
 *
 * <p>Values are stored encrypted with AES-256-GCM under a master key. The key comes from the
 * configuration and never from the database, so a dump reveals no secret. Namespace and name are
 * authenticated too, so a row that is copied to another name cannot be read. Each row names its
 * master key by an id that is a hash of the key. Several keys may be configured: all read, the
 * first writes, so that a key can be replaced while replicas are updated one by one.
 *
 * <p>A replica whose keys cannot read what is stored does not start: it would fail the executions
 * it claims. The API returns no value; {@link io.carillon.secret.Secrets} provides values to
 * attempts.
 */
@NullMarked
package io.carillon.secret;

import org.jspecify.annotations.NullMarked;
