package io.carillon.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * One case's database, seen with the bench's own connection, which holds no snapshot between
 * statements. The systems under test use another role, so that their statements are told apart.
 */
final class Database implements AutoCloseable {
    private final int port;
    private final String name;
    private final Connection connection;
    private final Runnable afterClose;

    /** Makes a value of a row. */
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * @param afterClose what becomes of the database then
     */
    Database(int port, String name, Runnable afterClose) {
        this.port = port;
        this.name = name;
        this.afterClose = afterClose;
        try {
            this.connection = DriverManager.getConnection(urlOf(PostgresServer.OWNER));
        } catch (SQLException failure) {
            throw new BenchFailure("No connection to the database " + name, failure);
        }
    }

    /** A further connection to it. */
    Database another() {
        return new Database(port, name, () -> {});
    }

    /** For a system under test. */
    String url() {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, name);
    }

    void execute(String sql, Object... parameters) {
        try (var statement = prepared(sql, parameters)) {
            statement.execute();
        } catch (SQLException failure) {
            throw new BenchFailure("PostgreSQL refused a statement of the bench", failure);
        }
    }

    /** Executes a statement and commits only if it is not later than that; otherwise undoes it. */
    boolean executeBefore(long deadlineMillis, String sql, Object... parameters) {
        execute("begin");
        execute(sql, parameters);
        boolean isInTime = nowMillis() <= deadlineMillis;
        execute(isInTime ? "commit" : "rollback");
        return isInTime;
    }

    /** The only row of a query. */
    <T> T row(String sql, Reader<T> reader, Object... parameters) {
        try (var statement = prepared(sql, parameters);
                var row = statement.executeQuery()) {
            if (!row.next()) {
                throw new BenchFailure("A query of the bench found no row: " + sql.strip());
            }
            return reader.read(row);
        } catch (SQLException failure) {
            throw new BenchFailure("PostgreSQL refused a query of the bench", failure);
        }
    }

    long number(String sql, Object... parameters) {
        return row(sql, row -> row.getLong(1), parameters);
    }

    boolean isTrue(String sql, Object... parameters) {
        return row(sql, row -> row.getBoolean(1), parameters);
    }

    /** PostgreSQL's time in milliseconds since 1970. */
    long nowMillis() {
        return number("select floor(extract(epoch from clock_timestamp()) * 1000)::bigint");
    }

    /** Statistics as autovacuum would make them, and nothing left to be written from the load. */
    void settle() {
        execute("vacuum (analyze)");
        execute("checkpoint");
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException failure) {
            throw new BenchFailure("The bench's connection did not close", failure);
        }
        afterClose.run();
    }

    private String urlOf(String user) {
        return url() + "?user=" + user + "&ApplicationName=bench";
    }

    private PreparedStatement prepared(String sql, Object... parameters) throws SQLException {
        var statement = connection.prepareStatement(sql);
        for (int index = 0; index < parameters.length; index++) {
            statement.setObject(index + 1, parameters[index]);
        }
        return statement;
    }
}
