package io.carillon.execution.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Numbers parameters as they are set; an optional condition names its own twice. */
public final class SqlParameters {
    private final PreparedStatement statement;
    private int set;

    public SqlParameters(PreparedStatement statement) {
        this.statement = statement;
    }

    public int next() {
        return ++set;
    }

    public void twice(@Nullable Object value, int type) throws SQLException {
        statement.setObject(next(), value, type);
        statement.setObject(next(), value, type);
    }

    public void twice(@Nullable Instant value) throws SQLException {
        var at = value == null ? null : value.atOffset(ZoneOffset.UTC);
        twice(at, Types.TIMESTAMP_WITH_TIMEZONE);
    }
}
