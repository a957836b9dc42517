package io.carillon.support;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Looks into the database behind the service's back. */
public final class Database {
    /** One for all tests; ends with its JVM. */
    private static @Nullable Connection connection;

    private Database() {}

    /** The first column of the first row. */
    public static synchronized long number(String sql, Object... parameters) {
        try (var statement = connected().prepareStatement(sql)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setObject(index + 1, parameters[index]);
            }
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** All rows of a table as text, as a dump of the database would have them. */
    public static synchronized String dumpOf(String table) {
        try (var statement = connected().createStatement();
                var row =
                        statement.executeQuery(
                                "select coalesce(string_agg(t::text, chr(10)), '') from %s t"
                                        .formatted(table))) {
            row.next();
            return row.getString(1);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The names of all tables. */
    public static synchronized List<String> tables() {
        try (var statement = connected().createStatement();
                var row =
                        statement.executeQuery(
                                "select table_name from information_schema.tables where table_schema = 'public'"
                                        + " and table_type = 'BASE TABLE'")) {
            var tables = new ArrayList<String>();
            while (row.next()) {
                tables.add(row.getString(1));
            }
            return tables;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Executes a statement; returns how many rows it changed. */
    public static synchronized int change(String sql, Object... parameters) {
        try (var statement = connected().prepareStatement(sql)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setObject(index + 1, parameters[index]);
            }
            return statement.executeUpdate();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static Connection connected() throws SQLException {
        Connection held = connection;
        if (held == null || held.isClosed()) {
            held = connect();
            connection = held;
        }
        return held;
    }

    /** Opens a connection of one's own, such as to hold a lock. */
    public static Connection connect() throws SQLException {
        return DriverManager.getConnection(
                ConfigProvider.getConfig().getValue("quarkus.datasource.jdbc.url", String.class));
    }

    /** How many jobs and triggers there are, deleted jobs included. */
    public static Stored stored() {
        return new Stored(
                number("select count(*) from job"),
                number("select count(*) from qrtz_triggers where sched_name = 'carillon'"));
    }

    /** Compares two looks: nothing was created between them. */
    public record Stored(long jobs, long triggers) {}
}
