package io.carillon.secret;

/**
 * Holds an encrypted value as it is stored.
 *
 * @param keyId the id of the master key
 */
record Sealed(String keyId, byte[] nonce, byte[] ciphertext) {}
