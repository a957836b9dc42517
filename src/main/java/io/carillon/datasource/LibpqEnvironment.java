package io.carillon.datasource;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * Says in the environment variables of PostgreSQL's C library what a JDBC URL says to its driver: a
 * password stays out of arguments, which every user of the machine can read.
 */
final class LibpqEnvironment {
    private static final Map<String, String> VARIABLES =
            Map.ofEntries(
                    Map.entry("PGHOST", "PGHOST"),
                    Map.entry("PGPORT", "PGPORT"),
                    Map.entry("PGDBNAME", "PGDATABASE"),
                    Map.entry("user", "PGUSER"),
                    Map.entry("password", "PGPASSWORD"),
                    Map.entry("options", "PGOPTIONS"),
                    Map.entry("channelBinding", "PGCHANNELBINDING"),
                    Map.entry("sslmode", "PGSSLMODE"),
                    Map.entry("sslrootcert", "PGSSLROOTCERT"),
                    Map.entry("sslcert", "PGSSLCERT"),
                    Map.entry("sslkey", "PGSSLKEY"));

    private LibpqEnvironment() {}

    static Map<String, String> of(String url, String application) {
        var properties = Objects.requireNonNull(Driver.parseURL(url, new Properties()));
        var environment = new HashMap<String, String>();
        environment.put("PGAPPNAME", application);
        environment.put("PGCONNECT_TIMEOUT", "10");
        VARIABLES.forEach(
                (property, variable) -> {
                    String value = properties.getProperty(property);
                    if (value != null) {
                        environment.put(variable, value);
                    }
                });
        // The driver writes an IPv6 address as in a URL.
        environment.computeIfPresent("PGHOST", (_, host) -> host.replaceAll("[\\[\\]]", ""));
        return environment;
    }
}
