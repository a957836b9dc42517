package io.carillon.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Settings of who may use the API. */
@ConfigMapping(prefix = "carillon.security")
interface SecurityConfig {
    /** Whether requests need a key. If off, everybody may do everything. */
    @WithDefault("true")
    boolean enabled();

    /** Whether metrics are served without a key. */
    @WithDefault("false")
    boolean openMetrics();

    /** How many requests a second a key may make of each replica; 0: any number. */
    @WithDefault("5000")
    int keyRequestsPerSecond();

    /**
     * How many requests a second without a good key each replica answers with 401 to an address;
     * more are answered with 429. 0: any number.
     */
    @WithDefault("20")
    int refusedRequestsPerSecond();

    /** The SHA-256, in hexadecimal, of a key that may do everything. */
    Optional<String> adminKeyHash();

    /** A file that holds a key that may do everything, of 32 characters or more. */
    Optional<String> adminKeyFile();
}
