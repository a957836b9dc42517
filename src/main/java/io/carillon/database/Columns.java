package io.carillon.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Parameters of a set-based statement: one array for each column, an element for each row. */
public final class Columns<T> {
    private final Connection connection;
    private final PreparedStatement statement;
    private final List<T> rows;
    private int set;

    /**
     * @param before how many parameters of the statement come before the arrays
     */
    public Columns(Connection connection, PreparedStatement statement, List<T> rows, int before) {
        this.connection = connection;
        this.statement = statement;
        this.rows = rows;
        this.set = before;
    }

    /**
     * Sets the next parameter.
     *
     * @param type PostgreSQL's name of the element's type
     */
    public void add(String type, Function<T, @Nullable Object> value) throws SQLException {
        var values = new @Nullable Object[rows.size()];
        for (int index = 0; index < values.length; index++) {
            var each = value.apply(rows.get(index));
            values[index] = each instanceof Enum<?> name ? name.name() : each;
        }
        statement.setArray(++set, connection.createArrayOf(type, values));
    }
}
