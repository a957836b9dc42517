package io.carillon.job;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs are found in any case and script, in a database of any locale. */
@QuarkusTest
class JobSearchTest {
    @Inject DataSource dataSource;

    @ParameterizedTest(name = "{1} finds {0}")
    @CsvSource({
        "ÉTAT, état",
        "état, ÉTAT",
        "Отчёт, ОТЧЁТ",
        "ΣΊΣΥΦΟΣ, σίσυφος",
        "İstanbul, ISTANBUL",
        "Plain, pLAIN",
        "50%_of, 50%_OF"
    })
    void aJobIsFoundInAnyCase(String name, String searched) {
        String namespace = unique("search");
        var named = created(aJob().put("name", name).put("namespace", namespace));
        var described = created(aJob().put("description", name).put("namespace", namespace));
        created(aJob().put("namespace", namespace));

        var found =
                tree(
                        request()
                                .queryParam("q", searched)
                                .queryParam("namespace", namespace)
                                .get(JOBS),
                        200);

        assertThat(found.get("items").findValuesAsText("id"))
                .containsExactlyInAnyOrder(
                        named.get("id").textValue(), described.get("id").textValue());
    }

    @Test
    void aDatabaseOfLocaleCFoldsEveryCharacterAsTheServiceDoes() throws SQLException {
        String url;
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("drop database if exists search_c");
            statement.execute(
                    "create database search_c template template0 encoding 'UTF8' locale_provider libc locale 'C'");
            url = connection.getMetaData().getURL().replace("/postgres?", "/search_c?");
        }
        Flyway.configure().dataSource(url, "postgres", "").load().migrate();
        String all = everyCharacter();

        try (var connection = DriverManager.getConnection(url, "postgres", "")) {
            assertThat(text(connection, "select lower(?)", "ÉTAT")).isNotEqualTo("état");
            assertThat(text(connection, "select fold_case(?)", all))
                    .isEqualTo(JobQuery.folded(all));
        }
    }

    private static String everyCharacter() {
        return IntStream.rangeClosed(1, Character.MAX_CODE_POINT)
                .filter(point -> point < 0xD800 || point > 0xDFFF)
                .filter(point -> Character.isLetter(point) || point < 0x3000)
                .filter(point -> point < 0x3400 || point > 0x9FFF)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String text(Connection connection, String sql, String parameter)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }
}
