package io.carillon.support;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Reads and writes rows behind the service's back. */
public final class Rows {
    private final DataSource dataSource;

    public Rows(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Runs one statement. */
    public void change(String sql, Object... parameters) throws SQLException {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setObject(index + 1, parameters[index]);
            }
            statement.execute();
        }
    }

    /** Each row as its columns' texts, with a space between them. */
    public List<String> texts(String sql, Object... parameters) throws SQLException {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setObject(index + 1, parameters[index]);
            }
            var texts = new ArrayList<String>();
            try (var row = statement.executeQuery()) {
                int columns = row.getMetaData().getColumnCount();
                while (row.next()) {
                    var text = new StringBuilder();
                    for (int column = 1; column <= columns; column++) {
                        text.append(column == 1 ? "" : " ").append(row.getString(column));
                    }
                    texts.add(text.toString());
                }
            }
            return texts;
        }
    }

    /** Something that is done while rows are locked. */
    public interface Meanwhile {
        void run() throws Exception;
    }

    /** Holds the locks that a statement takes while something else is done. */
    public void locked(String sql, Meanwhile meanwhile) throws Exception {
        try (var connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.prepareStatement(sql)) {
                statement.execute();
                meanwhile.run();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    public long number(String sql, Object... parameters) throws SQLException {
        return Long.parseLong(texts(sql, parameters).getFirst());
    }
}
