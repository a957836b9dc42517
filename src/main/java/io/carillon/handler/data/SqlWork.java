package io.carillon.handler.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.intellij.lang.annotations.Language;
import org.postgresql.core.Parser;

/** Runs the SQL of a config in one transaction. */
final class SqlWork {
    private static final int FETCHED_AT_ONCE = 500;

    /** About how many bytes of JSON a call carries. */
    static final long MAX_POSTED = 16L << 20;

    /** The ledger keeps 64 KiB of a result: rows past that would be read in vain. */
    static final long MAX_KEPT = 48L << 10;

    /** Quotes, colon and comma of a field. */
    private static final int PUNCTUATION = 6;

    @Language("SQL")
    private static final String LIMIT_TIME = "select set_config('statement_timeout', ?, true)";

    /**
     * A transaction that has taken a snapshot can no longer be made one that writes, whatever the
     * statement of the config says.
     */
    @Language("SQL")
    private static final String ONLY_READ = "set transaction read only";

    /** Possessive, so that no depth of comments becomes depth of stack. */
    private static final Pattern LEADING =
            Pattern.compile("\\A(?:\\s++|--[^\\n]*+(?:\\n|\\z)|/\\*.*?\\*/)*+", Pattern.DOTALL);

    private static final Pattern TRANSACTIONS =
            Pattern.compile(
                    "(begin|start|commit|end|rollback|abort|prepare\\s+transaction)\\b",
                    Pattern.CASE_INSENSITIVE);

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final DataConfig config;
    private final long maxBytes;
    private final Json json;
    private final ArrayNode rows = NODES.arrayNode();
    private List<String> columns = List.of();
    private boolean isComplete = true;
    private long changed;
    private boolean isCommitting;

    /**
     * @param maxBytes of the rows as JSON, about: no further row is read
     */
    SqlWork(DataConfig config, long maxBytes, Json json) {
        this.config = config;
        this.maxBytes = maxBytes;
        this.json = json;
    }

    /** Returns the statements of a text, without the comments before each. */
    static List<String> statements(String sql) throws SQLException {
        return Parser.parseJdbcSql(sql, true, true, true, false, false).stream()
                .map(each -> LEADING.matcher(each.nativeSql).replaceFirst(""))
                .filter(each -> !each.isEmpty())
                .toList();
    }

    /** Whether a statement begins or ends a transaction, of which an attempt is one. */
    static boolean isOfTransactions(String statement) {
        return TRANSACTIONS.matcher(statement).lookingAt();
    }

    /** Runs it and commits. */
    void run(Connection connection, Duration timeout) throws SQLException {
        connection.setAutoCommit(false);
        if (config.onlyReads()) {
            try (var statement = connection.createStatement()) {
                statement.execute(ONLY_READ);
            }
        }
        try (var statement = connection.prepareStatement(LIMIT_TIME)) {
            statement.setString(1, Long.toString(timeout.toMillis()));
            statement.execute();
        }
        try (var statement = connection.prepareStatement(config.sql())) {
            statement.setFetchSize(FETCHED_AT_ONCE);
            statement.setMaxRows(config.rowLimit() + 1);
            set(statement);
            read(statement);
        }
        isCommitting = true;
        connection.commit();
        isCommitting = false;
    }

    /** Whether the commit was sent, and its answer is not known. */
    boolean mayBeCommitted() {
        return isCommitting;
    }

    /** Returns the rows and what was changed. */
    ObjectNode result() {
        var result = summary();
        result.set("rows", rows);
        return result;
    }

    /** Returns the rows alone. */
    Queries.Reading.Rows reading() {
        return new Queries.Reading.Rows(columns, rows, isComplete);
    }

    /** Returns the result without rows. */
    ObjectNode summary() {
        var result = NODES.objectNode();
        var names = result.putArray("columns");
        columns.forEach(names::add);
        result.put("rowCount", rows.size());
        result.put("isComplete", isComplete);
        result.put("changed", changed);
        return result;
    }

    private void set(PreparedStatement statement) throws SQLException {
        int index = 0;
        for (var value : config.values()) {
            index++;
            if (value.isNull()) {
                statement.setNull(index, Types.NULL);
            } else if (value.isNumber()) {
                statement.setBigDecimal(index, value.decimalValue());
            } else if (value.isBoolean()) {
                statement.setBoolean(index, value.booleanValue());
            } else {
                statement.setString(
                        index, value.isTextual() ? value.textValue() : value.toString());
            }
        }
    }

    /** Keeps the rows of the last statement that has some, and adds up what all have changed. */
    private void read(PreparedStatement statement) throws SQLException {
        boolean hasRows = statement.execute();
        while (true) {
            if (hasRows) {
                try (var found = statement.getResultSet()) {
                    read(found);
                }
            } else {
                int count = statement.getUpdateCount();
                if (count < 0) {
                    return;
                }
                changed += count;
            }
            hasRows = statement.getMoreResults();
        }
    }

    private void read(ResultSet found) throws SQLException {
        var metadata = found.getMetaData();
        columns = names(metadata);
        rows.removeAll();
        isComplete = true;
        long bytes = 0;
        while (found.next()) {
            if (rows.size() == config.rowLimit() || bytes > maxBytes) {
                isComplete = false;
                return;
            }
            var row = rows.addObject();
            for (int column = 1; column <= columns.size(); column++) {
                var value = value(found, metadata, column);
                String name = columns.get(column - 1);
                bytes += name.length() + value.toString().length() + PUNCTUATION;
                row.set(name, value);
            }
        }
    }

    /** Returns the columns' names; the second of two alike has a number. */
    private static List<String> names(ResultSetMetaData metadata) throws SQLException {
        var names = new ArrayList<String>();
        var taken = new HashSet<String>();
        for (int column = 1; column <= metadata.getColumnCount(); column++) {
            String label = metadata.getColumnLabel(column);
            String name = label;
            for (int number = 2; !taken.add(name); number++) {
                name = label + "_" + number;
            }
            names.add(name);
        }
        return names;
    }

    private JsonNode value(ResultSet row, ResultSetMetaData metadata, int column)
            throws SQLException {
        String text = row.getString(column);
        if (text == null) {
            return NODES.nullNode();
        }
        return switch (metadata.getColumnType(column)) {
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
                    NODES.numberNode(row.getLong(column));
            case Types.NUMERIC, Types.DECIMAL, Types.REAL, Types.FLOAT, Types.DOUBLE ->
                    isFinite(text) ? NODES.numberNode(row.getBigDecimal(column)) : text(text);
            case Types.BIT, Types.BOOLEAN -> NODES.booleanNode(row.getBoolean(column));
            default ->
                    metadata.getColumnTypeName(column).startsWith("json")
                            ? json.tree(text)
                            : text(text);
        };
    }

    private static boolean isFinite(String number) {
        return !number.endsWith("N") && !number.endsWith("y");
    }

    private static JsonNode text(String text) {
        return NODES.textNode(text);
    }
}
