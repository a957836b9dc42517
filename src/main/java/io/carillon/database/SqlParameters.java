package io.carillon.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Numbers parameters as they are set; an optional condition uses its parameter twice. */
public final class SqlParameters {
    private final PreparedStatement statement;
    private int set;

    public SqlParameters(PreparedStatement statement) {
        this(statement, 0);
    }

    /**
     * @param set how many parameters have been set already
     */
    public SqlParameters(PreparedStatement statement, int set) {
        this.statement = statement;
        this.set = set;
    }

    public int next() {
        return ++set;
    }

    public void twice(@Nullable Object value, int type) throws SQLException {
        statement.setObject(next(), value, type);
        statement.setObject(next(), value, type);
    }

    /** Sets both parameters to an array of texts. */
    public void twice(@Nullable Collection<String> values) throws SQLException {
        var array =
                values == null
                        ? null
                        : statement.getConnection().createArrayOf("varchar", values.toArray());
        statement.setArray(next(), array);
        statement.setArray(next(), array);
    }

    public void twice(@Nullable Instant value) throws SQLException {
        var at = value == null ? null : value.atOffset(ZoneOffset.UTC);
        twice(at, Types.TIMESTAMP_WITH_TIMEZONE);
    }
}
