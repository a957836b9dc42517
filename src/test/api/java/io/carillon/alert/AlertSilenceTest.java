package io.carillon.alert;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Quiet hours, and the most messages a day. */
@QuarkusTest
class AlertSilenceTest {
    private static final String RULES = "/api/v1/rules";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** All of time, and a day that is over. */
    private static final String ALWAYS = "{\"entries\": [{\"from\": \"1990-01-01\"}]}";

    private static final String NEVER = "{\"entries\": [{\"date\": \"1990-01-01\"}]}";

    @Inject DataSource dataSource;

    private final HttpTarget hook = HttpTarget.start();
    private final String namespace = unique("silence");
    private final List<String> rules = new ArrayList<>();
    private Rows rows;

    @BeforeEach
    void aCalendar() {
        rows = new Rows(dataSource);
        calendarIs(ALWAYS);
    }

    @AfterEach
    void deleteTheRules() {
        for (var rule : tree(get(RULES + "?limit=100"), 200).get("items")) {
            request().delete(RULES + "/{id}", rule.get("id").textValue());
        }
        hook.close();
    }

    @Test
    void whatHappensInQuietHoursIsToldTogetherWhenTheyAreOver() throws SQLException {
        String rule = made(object().put("quietDuring", "nights"));
        fails();
        isHeld(rule, 1);
        fails();
        isHeld(rule, 2);
        assertThat(
                        rows.number(
                                "select count(*) from alert_rule where id = ?::uuid"
                                        + " and next_message_at > now()"
                                        + " and next_message_at <= now() + interval '5 minutes'",
                                rule))
                .as("looks again, since the calendar may change")
                .isEqualTo(1);
        assertThat(hook.calls()).isEmpty();

        calendarIs(NEVER);
        isLookedAt(rule);

        assertThat(message(1).get("count").intValue()).isEqualTo(2);
    }

    @Test
    void aCalendarThatIsGoneMakesNothingQuiet() throws SQLException {
        String rule = made(object().put("quietDuring", "nights"));
        fails();
        isHeld(rule, 1);

        request().delete("/api/v1/calendars/nights?namespace=" + namespace);
        isLookedAt(rule);

        assertThat(message(1).get("count").intValue()).isEqualTo(1);
    }

    @Test
    void theLastMessageOfADaySaysSoAndTheRestIsToldInTheNext() throws SQLException {
        String rule = made(object().put("maxPerDay", 2));
        fails();
        var first = message(1);
        aMinutePasses(rule);
        fails();
        var last = message(2);
        aMinutePasses(rule);
        fails();
        isHeld(rule, 1);
        aMinutePasses(rule);
        fails();
        isHeld(rule, 2);

        assertThat(first.get("text").textValue()).doesNotContain("last message");
        assertThat(last.get("text").textValue()).contains("This is the last message until 2");
        assertThat(
                        rows.number(
                                "select count(*) from alert_rule where id = ?::uuid"
                                        + " and next_message_at = day_began_at + interval '24 hours'",
                                rule))
                .isEqualTo(1);
        rows.change(
                "update alert_rule set day_began_at = now() - interval '25 hours',"
                        + " next_message_at = '-infinity' where id = ?::uuid",
                rule);
        assertThat(message(3).get("count").intValue()).isEqualTo(2);
    }

    @Test
    void aLimitThatIsRaisedHoldsAtOnce() throws SQLException {
        var definition = definition(object().put("maxPerDay", 1));
        String rule = added(tree(body(definition).post(RULES), 201));
        fails();
        message(1);
        fails();

        tree(body(definition.put("maxPerDay", 2)).put(RULES + "/{id}", rule), 200);

        assertThat(
                        rows.number(
                                "select count(*) from alert_rule where id = ?::uuid"
                                        + " and next_message_at <= now() + interval '1 minute'",
                                rule))
                .isEqualTo(1);
        aMinutePasses(rule);
        assertThat(message(2).get("count").intValue()).isEqualTo(1);
    }

    @Test
    void aWrongSilenceIsRefusedByItsField() {
        refused(object().put("quietDuring", "no-such"), "quietDuring");
        refused(object().put("maxPerDay", 0), "maxPerDay");
    }

    private void refused(ObjectNode rule, String field) {
        assertProblem(body(definition(rule)).post(RULES), 400, "invalid-request", field);
    }

    private void calendarIs(String definition) {
        assertThat(
                        body(definition)
                                .put("/api/v1/calendars/nights?namespace=" + namespace)
                                .statusCode())
                .isBetween(200, 201);
    }

    private ObjectNode definition(ObjectNode rule) {
        rule.put("name", unique("rule")).put("namespace", namespace);
        rule.putObject("webhook").put("url", hook.url("/hook"));
        return rule;
    }

    private String made(ObjectNode rule) {
        return added(tree(body(definition(rule)).post(RULES), 201));
    }

    private String added(JsonNode rule) {
        String id = rule.get("id").textValue();
        rules.add(id);
        return id;
    }

    /** Another job fails. */
    private void fails() {
        var job = aJob().put("namespace", namespace);
        job.putObject("config").put("failures", 1);
        job.putObject("retry").put("maxAttempts", 1);
        ended(triggered(createdId(job), "{}").get("id").textValue());
        await().atMost(PATIENCE)
                .until(
                        () ->
                                rows.number(
                                                "select count(*) from alert_end where rule_id = any (?::uuid[])",
                                                "{" + String.join(",", rules) + "}")
                                        == 0);
    }

    /** So much news waits, after it was looked at. */
    private void isHeld(String rule, int news) {
        await().atMost(PATIENCE)
                .until(
                        () ->
                                rows.number(
                                                "select count(*) from alert_news n join alert_rule r on r.id = n.rule_id"
                                                        + " where r.id = ?::uuid and r.next_message_at > now()",
                                                rule)
                                        == news);
    }

    private void isLookedAt(String rule) throws SQLException {
        rows.change("update alert_rule set next_message_at = '-infinity' where id = ?::uuid", rule);
    }

    private void aMinutePasses(String rule) throws SQLException {
        isLookedAt(rule);
    }

    private JsonNode message(int number) {
        var calls = await().atMost(PATIENCE).until(hook::calls, each -> each.size() >= number);
        return json(calls.get(number - 1).body());
    }
}
