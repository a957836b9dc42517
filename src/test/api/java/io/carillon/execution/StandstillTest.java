package io.carillon.execution;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.Database;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What has made a part of a replica stand still while it said that it was ready. */
@QuarkusTest
class StandstillTest {
    private static final Pattern AGE =
            Pattern.compile(
                    "(?m)^carillon_loop_age_seconds\\{[^}]*loop=\"dispatcher\"[^}]*} ([0-9.E-]+)");

    @Inject DataSource dataSource;

    @Test
    void aChainOfTenThousandBehindAFailureIsCancelledInSeconds() {
        String queue = unique("chain");
        var batch = object();
        var executions = batch.putArray("executions");
        for (int index = 0; index < 10_000; index++) {
            var link = aSubmission().put("queue", queue).put("ref", "link" + index);
            if (index == 0) {
                link.putObject("config").put("failures", 1);
                link.putObject("retry").put("maxAttempts", 1);
            } else {
                link.putArray("dependsOn").add("link" + (index - 1));
            }
            executions.add(link);
        }

        assertThat(tree(body(batch).post(EXECUTIONS + "/batch"), 202).get("accepted").asInt())
                .isEqualTo(10_000);

        await().atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                Database.number(
                                        "select count(*) from execution where queue = ? and state = 'CANCELLED'"
                                                + " and reason = 'DEPENDENCY'",
                                        queue),
                        cancelled -> cancelled == 9_999);
        assertThat(ended(submittedId(aSubmission())).get("state").textValue())
                .isEqualTo("SUCCEEDED");
        get("/q/health/ready").then().statusCode(200);
    }

    @Test
    void aQueueThatMayStartOneInFiftySecondsDoesNotStopTheDispatcher() throws SQLException {
        String queue = unique("slow");
        var rows = new Rows(dataSource);
        rows.change(
                "insert into queue (namespace, name, paused, rate_per_second) values ('default', ?, true, 0.02)",
                queue);
        var slow = aSubmission().put("queue", queue);
        slow.putObject("config").put("sleep", "10s");
        submittedId(slow);
        submittedId(slow);
        rows.change("update queue set paused = false where name = ?", queue);
        await().until(
                        () ->
                                Database.number(
                                        "select count(*) from execution where queue = ? and state = 'RUNNING'",
                                        queue),
                        running -> running == 1);

        await().during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(dispatcherAge()).isLessThan(3));
    }

    @Test
    void aStoredRetryThatCannotBeReadFailsItsOwnExecutionAndNoOther() throws SQLException {
        String queue = unique("unread");
        var rows = new Rows(dataSource);
        rows.change(
                "insert into queue (namespace, name, paused) values ('default', ?, true)", queue);
        String before = submittedId(aSubmission().put("queue", queue));
        String unread = submittedId(aSubmission().put("queue", queue));
        String after = submittedId(aSubmission().put("queue", queue));
        rows.change(
                "update execution set retry = '{\"backoff\": \"FIBONACCI\"}' where id = ?::uuid",
                unread);
        rows.change("update queue set paused = false where name = ?", queue);

        assertThat(ended(before).get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(ended(after).get("state").textValue()).isEqualTo("SUCCEEDED");
        var ended = ended(unread);
        assertThat(ended.get("state").textValue()).isEqualTo("FAILED");
        assertThat(ended.at("/error/code").textValue()).isEqualTo("INVALID_JOB");
        assertThat(ended.at("/error/message").textValue()).contains("FIBONACCI");
    }

    private static double dispatcherAge() {
        var matcher = AGE.matcher(get("/q/metrics").asString());
        assertThat(matcher.find()).isTrue();
        return Double.parseDouble(matcher.group(1));
    }
}
