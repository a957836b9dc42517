package io.carillon.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlFailuresTest {
    @ParameterizedTest
    @ValueSource(strings = {"22P05", "22021", "23514", "54000", "54001", "XX000"})
    void aRefusedValueIsOfTheRow(String state) {
        assertThat(SqlFailures.isOfRow(wrapped(state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "57P01", "57014", "53100", "53300", "25006", "40P01", "55P03", "42P01"
            })
    void aDatabaseThatIsAwayFullOrReadOnlyIsNot(String state) {
        assertThat(SqlFailures.isOfRow(wrapped(state))).isFalse();
    }

    @Test
    void aPoolWithoutConnectionsIsNotAndNeitherIsWantOfMemory() {
        assertThat(SqlFailures.isOfRow(wrapped(null))).isFalse();
        assertThat(SqlFailures.isOfRow(new OutOfMemoryError())).isFalse();
    }

    @Test
    void whatCannotBeMadeAParameterIs() {
        assertThat(SqlFailures.isOfRow(new IllegalStateException("unwritable"))).isTrue();
        assertThat(SqlFailures.isOfRow(new StackOverflowError())).isTrue();
    }

    private static RuntimeException wrapped(@org.jspecify.annotations.Nullable String state) {
        return new DatabaseException(new SQLException("no", state));
    }
}
