package io.carillon.support;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One real PostgreSQL for all Quarkus tests of a JVM, on a free port and with data that do not
 * outlive it. Registers itself.
 */
@WithTestResource(value = PostgresqlResource.class, scope = TestResourceScope.GLOBAL)
public final class PostgresqlResource implements QuarkusTestResourceLifecycleManager {
    private @Nullable EmbeddedPostgres server;

    @Override
    public Map<String, String> start() {
        try {
            server =
                    EmbeddedPostgres.builder()
                            .setPGStartupWait(Duration.ofSeconds(60))
                            .setLocaleConfig("locale", "C")
                            .setLocaleConfig("locale-provider", "builtin")
                            .setLocaleConfig("builtin-locale", "C.UTF-8")
                            .setServerConfig("max_connections", "200")
                            .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        String url = "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?user=postgres";
        return Map.ofEntries(
                Map.entry("quarkus.datasource.jdbc.url", url),
                // The packaged application refuses what is on this machine.
                Map.entry("carillon.outgoing.allow-loopback", "true"),
                Map.entry("carillon.outgoing.allowed-networks-of.intranet", "10.77.0.0/16"),
                Map.entry("carillon.secrets.key", "dGVzdHMgYXJlIG1hZGUgd2l0aCB0aGlzIGtleSBvbmU="),
                Map.entry("carillon.datasources.urls.shop", url),
                Map.entry("carillon.datasources.urls.payroll", url),
                Map.entry("carillon.datasources.urls.system", SystemPostgresql.url("postgres")),
                Map.entry("carillon.datasources.namespaces.payroll", "people, payroll"),
                Map.entry("carillon.files.roots.tests", FilesRoot.PATH.toString()),
                Map.entry(
                        "carillon.files.roots.reports",
                        FilesRoot.PATH.resolve("reports").toString()),
                Map.entry(
                        "carillon.files.roots.backups",
                        FilesRoot.PATH.resolveSibling("backups-of-tests").toString()));
    }

    @Override
    public void stop() {
        if (server != null) {
            try {
                server.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
