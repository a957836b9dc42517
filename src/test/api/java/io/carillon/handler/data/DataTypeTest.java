package io.carillon.handler.data;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.HttpTarget;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SQL on a real PostgreSQL. */
@QuarkusTest
class DataTypeTest {
    @Inject DataSource dataSource;

    private final String table = unique("orders").replace('-', '_');
    private Rows rows;

    @BeforeEach
    void makeATable() throws SQLException {
        rows = new Rows(dataSource);
        rows.change(
                "create table %s (id int primary key, item text, price numeric, placed_at date, paid boolean, more jsonb)"
                        .formatted(table));
        rows.change(
                "insert into %s values (1, 'cat', 1.50, '2026-11-01', true, '{\"a\": [1]}'), (2, null, 20, '2026-12-01', false, null)"
                        .formatted(table));
    }

    @AfterEach
    void dropIt() throws SQLException {
        rows.change("drop table " + table);
    }

    private ObjectNode config(String sql) {
        return object().put("datasource", "shop").put("sql", sql.replace("orders", table));
    }

    private static JsonNode run(ObjectNode config) {
        var submission = object().put("type", "data_processing");
        submission.set("config", config);
        submission.putObject("retry").put("maxAttempts", 1);
        return ended(submittedId(submission));
    }

    @Test
    void rowsAreTheResultEachColumnAsWhatItIs() {
        var config =
                config(
                        "select *, id as id from orders where placed_at >= ? and paid = ? order by 1");
        config.putArray("parameters").add("{{execution.scheduledAt|yyyy}}-01-01").add(true);

        var execution = run(config("select *, id from orders order by id"));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.get("result"))
                .isEqualTo(
                        json(
                                """
                                {"columns": ["id", "item", "price", "placed_at", "paid", "more", "id_2"],
                                 "rowCount": 2, "isComplete": true, "changed": 0,
                                 "rows": [{"id": 1, "item": "cat", "price": 1.50, "placed_at": "2026-11-01", "paid": true,
                                           "more": {"a": [1]}, "id_2": 1},
                                          {"id": 2, "item": null, "price": 20, "placed_at": "2026-12-01", "paid": false,
                                           "more": null, "id_2": 2}]}
                                """));
        var found = run(config);
        assertThat(found.at("/result/rowCount").intValue())
                .as(found.toString())
                .isLessThanOrEqualTo(1);
    }

    /** A value is never SQL. */
    @Test
    void parametersAreBound() {
        var config = config("select item from orders where item = ? or id = ?");
        config.putArray("parameters").add("' or true --").add(1);

        assertThat(run(config).at("/result/rows")).isEqualTo(json("[{\"item\": \"cat\"}]"));
    }

    @Test
    void moreRowsThanAskedForAreCutAndSaid() {
        var config = config("select n from generate_series(1, 5000) as n").put("maxRows", 10);

        var result = run(config).get("result");

        assertThat(result.get("rowCount").intValue()).isEqualTo(10);
        assertThat(result.get("isComplete").booleanValue()).isFalse();
    }

    @Test
    void whatTheLedgerWouldNotKeepIsNotRead() {
        var result =
                run(config("select n, repeat('x', 1000) as x from generate_series(1, 500) as n")
                                .put("maxRows", 500))
                        .get("result");

        assertThat(result.get("isComplete").booleanValue()).isFalse();
        assertThat(result.has("_cut")).isFalse();
        assertThat(result.get("rows"))
                .hasSize(result.get("rowCount").intValue())
                .hasSizeLessThan(60);
    }

    @Test
    void whatOnlyReadsChangesNothing() throws SQLException {
        for (String sql :
                new String[] {
                    "delete from orders",
                    "with gone as (delete from orders returning *) select * from gone"
                }) {
            var execution = run(config(sql));
            assertThat(execution.at("/error/code").textValue()).isEqualTo("SQL_ERROR");
            assertThat(execution.at("/error/message").textValue()).contains("read-only", "25006");
        }
        assertThat(run(config("set transaction read write")).at("/error/code").textValue())
                .isEqualTo("SQL_ERROR");
        var several = object().put("name", unique("job")).put("type", "data_processing");
        several.set("config", config("commit; delete from orders"));
        assertProblem(body(several).post(JOBS), 400, "invalid-request", "config.sql");
        assertThat(rows.number("select count(*) from " + table)).isEqualTo(2);
    }

    @Test
    void changesAreOneTransaction() throws SQLException {
        var config =
                config(
                                "update orders set paid = true; delete from orders where id = 2; select count(*) from orders")
                        .put("readOnly", false);
        var failing =
                config("delete from orders; insert into orders (id) values (1), (1)")
                        .put("readOnly", false);

        assertThat(run(failing).at("/error/message").textValue()).contains("23505");
        assertThat(rows.number("select count(*) from " + table)).isEqualTo(2);
        var done = run(config).get("result");
        assertThat(done.get("changed").intValue()).isEqualTo(3);
        assertThat(done.get("rows")).isEqualTo(json("[{\"count\": 1}]"));
    }

    @Test
    void rowsArePostedWithoutBeingKept() {
        try (var target = HttpTarget.start()) {
            var config = config("select id from orders order by id").put("url", target.url("/in"));
            config.putObject("headers").put("X-Kind", "orders");

            var execution = run(config);

            assertThat(execution.at("/result/status").intValue()).isEqualTo(200);
            assertThat(execution.get("result").has("rows")).isFalse();
            var call = target.calls().getFirst();
            assertThat(json(call.body()).get("rows")).isEqualTo(json("[{\"id\": 1}, {\"id\": 2}]"));
            assertThat(call.headers().get("X-Kind")).isEqualTo("orders");
            target.answers(500);
            assertThat(run(config).at("/error/code").textValue()).isEqualTo("HTTP_STATUS");
        }
    }

    @Test
    void whatTakesTooLongIsEndedInTheDatabaseToo() {
        var submission = object().put("type", "data_processing").put("timeout", "1s");
        submission.set("config", config("select pg_sleep(600), '" + table + "'"));
        submission.putObject("retry").put("maxAttempts", 1);

        var execution = ended(submittedId(submission));

        assertThat(execution.at("/error/code").textValue()).isIn("TIMEOUT", "SQL_ERROR");
        nothingRuns();
    }

    @Test
    void whatIsCancelledIsEndedInTheDatabaseToo() {
        var submission = object().put("type", "data_processing").put("timeout", "10m");
        submission.set("config", config("select pg_sleep(600), '" + table + "'"));
        String id = submittedId(submission);
        await().until(() -> running() == 1);

        post(EXECUTIONS + "/{id}/cancel", id);

        assertThat(ended(id).get("state").textValue()).isEqualTo("CANCELLED");
        nothingRuns();
    }

    private long running() throws SQLException {
        return rows.number(
                "select count(*) from pg_stat_activity where application_name = 'carillon-job' and state = 'active'"
                        + " and query like '%' || ? || '%'",
                table);
    }

    private void nothingRuns() {
        await().until(() -> running() == 0);
    }

    @Test
    void aDatabaseThatIsNotForTheNamespaceIsNotThere() {
        var job = aJob().put("type", "data_processing");
        job.set("config", config("select 1").put("datasource", "payroll"));

        var problem =
                assertProblem(body(job).post(JOBS), 400, "invalid-request", "config.datasource");
        assertThat(problem.get("detail").textValue())
                .contains("there is no datasource 'payroll'; there are shop");
        assertThat(body(job.put("namespace", "payroll")).post(JOBS).statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"datasource\": \"shop\", \"sql\": \" \"}                                          | config.sql",
                "{\"datasource\": \"shop\", \"sql\": \"select 1; select 2\"}                         | config.sql",
                "{\"datasource\": \"shop\", \"sql\": \"delete from x; /* a */ commit\", \"readOnly\": false}  | config.sql",
                "{\"datasource\": \"shop\", \"sql\": \"-- nothing\", \"readOnly\": false}            | config.sql",
                "{\"datasource\": \"shop\", \"sql\": \"select ?\", \"parameters\": [{}]}             | config.parameters",
                "{\"datasource\": \"shop\", \"sql\": \"select 1\", \"headers\": {}}                  | config.headers",
                "{\"datasource\": \"shop\", \"sql\": \"select 1\", \"url\": \"http://169.254.169.254/\"} | config.url",
                "{\"datasource\": \"shop\", \"sql\": \"x\", \"readOnly\": false, \"url\": \"https://example.com\"} | config.url",
                "{\"datasource\": \"shop\", \"sql\": \"select 1\", \"maxRows\": 0}                   | config.maxRows"
            })
    void aWrongConfigIsRefusedByItsFields(String config, String field) {
        var job = aJob().put("type", "data_processing");
        job.set("config", json(config));

        assertProblem(body(job).post(JOBS), 400, "invalid-request", field);
    }

    @Test
    void anyNumberOfCommentsIsReadThrough() {
        String comments = "--x\n".repeat(10_000) + "/* y */ ".repeat(5_000) + " ".repeat(10_000);

        assertThat(run(config(comments + "select 1 as one")).at("/result/rows"))
                .isEqualTo(json("[{\"one\": 1}]"));
    }

    @Test
    void aStatementThatIsWrongIsNotRepeated() {
        var submission = object().put("type", "data_processing");
        submission.set("config", config("select nonsense from orders"));

        var execution = ended(submittedId(submission));

        assertThat(execution.get("attempt").intValue()).isEqualTo(1);
        assertThat(execution.at("/error/message").textValue()).contains("nonsense", "42703");
    }
}
