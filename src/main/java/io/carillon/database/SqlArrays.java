package io.carillon.database;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** Makes array parameters for set-based statements; long arrays are sent in binary. */
public final class SqlArrays {
    private SqlArrays() {}

    public static Array longs(Connection connection, long[] values) throws SQLException {
        return connection.unwrap(PGConnection.class).createArrayOf("int8", values);
    }
}
