package io.carillon.secret;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** Settings of the keys under which secrets are stored. */
@ConfigMapping(prefix = "carillon.secrets")
interface SecretsConfig {
    /** The master key that writes, 32 bytes in base64. */
    Optional<String> key();

    /** A file that holds the master key that writes. */
    Optional<String> keyFile();

    /** Master keys that only read, each as {@link #key}. */
    Optional<List<String>> previousKeys();
}
