package io.carillon.datasource;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.intellij.lang.annotations.Language;

/** Finds and opens the databases that jobs may use. */
@ApplicationScoped
public class Datasources {
    /** How much longer than its statements a socket may be silent. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private static final String APPLICATION = "carillon-job";

    @Language("SQL")
    private static final String CANCEL =
            "select pg_cancel_backend(pid) from pg_stat_activity where pid = ? and application_name = ?";

    private final Map<String, String> urls;
    private final Map<String, Set<String>> namespaces;

    Datasources(DatasourcesConfig config) {
        urls = new TreeMap<>(config.urls());
        namespaces =
                config.namespaces().entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        each ->
                                                Stream.of(each.getValue().split(","))
                                                        .map(String::strip)
                                                        .collect(Collectors.toSet())));
    }

    /**
     * Explains in a sentence why jobs of a namespace have no such database; empty if they have. One
     * that is not theirs does not exist for them.
     */
    public Optional<String> lack(String name, String namespace) {
        if (urls.containsKey(name) && isFor(name, namespace)) {
            return Optional.empty();
        }
        var known = urls.keySet().stream().filter(each -> isFor(each, namespace)).toList();
        return Optional.of(
                known.isEmpty()
                        ? "there is no datasource for jobs of " + namespace
                        : "there is no datasource '%s'; there are %s"
                                .formatted(name, String.join(", ", known)));
    }

    private boolean isFor(String name, String namespace) {
        var only = namespaces.get(name);
        return only == null || only.contains(namespace);
    }

    /**
     * Opens a session; the caller closes it.
     *
     * @param name one that is not lacked
     * @param timeout how long a statement may take
     */
    public Connection open(String name, Duration timeout) throws SQLException {
        String url = urls.get(name);
        if (url == null) {
            throw new SQLException("there is no datasource " + name, "08001");
        }
        var properties = new Properties();
        properties.setProperty("ApplicationName", APPLICATION);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "15");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("socketTimeout", Long.toString(timeout.plus(SLACK).toSeconds()));
        // A text is what its column or function makes of it, such as a date.
        properties.setProperty("stringtype", "unspecified");
        return DriverManager.getConnection(url, properties);
    }

    /** Returns the major version of the server of a database that is not lacked. */
    public int serverVersion(String name) throws SQLException {
        try (var connection = open(name, SLACK)) {
            return connection.getMetaData().getDatabaseMajorVersion();
        }
    }

    /**
     * Returns the variables by which PostgreSQL's own programs open the same database.
     *
     * @param name one that is not lacked
     */
    public Map<String, String> environment(String name) {
        return LibpqEnvironment.of(Objects.requireNonNull(urls.get(name)), APPLICATION);
    }

    /**
     * Ends what another session of the same database does; its connection may be lost, and then the
     * database would go on.
     *
     * @param pid of that session's process
     */
    public void cancel(String name, int pid) throws SQLException {
        try (var connection = open(name, SLACK);
                var statement = connection.prepareStatement(CANCEL)) {
            statement.setInt(1, pid);
            statement.setString(2, APPLICATION);
            statement.execute();
        }
    }
}
