package io.carillon.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sets the parameters of a set-based statement: for each column an array with the values of all
 * rows, in the order of the calls.
 */
public final class ArrayParameters<T> {
    private final PreparedStatement statement;
    private final List<T> rows;
    private int index;

    /**
     * @param first the index of the first array among the statement's parameters, from 1
     */
    public ArrayParameters(PreparedStatement statement, int first, List<T> rows) {
        this.statement = statement;
        this.rows = rows;
        this.index = first;
    }

    /** Adds a column of any type; an enum is stored by its name. */
    public ArrayParameters<T> add(String type, Function<T, ? extends @Nullable Object> value)
            throws SQLException {
        var values = new Object[rows.size()];
        for (int row = 0; row < values.length; row++) {
            Object each = value.apply(rows.get(row));
            values[row] = each instanceof Enum<?> name ? name.name() : each;
        }
        statement.setArray(index++, statement.getConnection().createArrayOf(type, values));
        return this;
    }

    /** Adds a column of text, sent in binary. */
    public ArrayParameters<T> texts(Function<T, @Nullable String> value) throws SQLException {
        var values = new String[rows.size()];
        for (int row = 0; row < values.length; row++) {
            values[row] = value.apply(rows.get(row));
        }
        statement.setArray(index++, statement.getConnection().createArrayOf("varchar", values));
        return this;
    }

    /** Adds a column of whole numbers, {@code bigint[]}, sent in binary. */
    public ArrayParameters<T> longs(ToLongFunction<T> value) throws SQLException {
        long[] values = new long[rows.size()];
        for (int row = 0; row < values.length; row++) {
            values[row] = value.applyAsLong(rows.get(row));
        }
        statement.setArray(index++, SqlArrays.longs(statement.getConnection(), values));
        return this;
    }
}
