package io.carillon.datasource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LibpqEnvironmentTest {
    @Test
    void saysWhatTheUrlSays() {
        assertThat(
                        LibpqEnvironment.of(
                                "jdbc:postgresql://db.example.com:5433/sh%20op?user=reader&password=a%26b%20c&sslmode=verify-full&sslrootcert=/ca.pem",
                                "carillon-job"))
                .isEqualTo(
                        Map.of(
                                "PGAPPNAME", "carillon-job",
                                "PGCONNECT_TIMEOUT", "10",
                                "PGHOST", "db.example.com",
                                "PGPORT", "5433",
                                "PGDATABASE", "sh op",
                                "PGUSER", "reader",
                                "PGPASSWORD", "a&b c",
                                "PGSSLMODE", "verify-full",
                                "PGSSLROOTCERT", "/ca.pem"));
    }

    @Test
    void anAddressOfIPv6HasNoBrackets() {
        assertThat(LibpqEnvironment.of("jdbc:postgresql://[::1]/shop", "x"))
                .containsEntry("PGHOST", "::1");
    }
}
