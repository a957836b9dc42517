package io.carillon.alert;

import static io.carillon.support.Api.body;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of news that cannot be sent now, or is not to be sent at all. */
@QuarkusTest
@TestProfile(StillReplica.class)
class AlertSendingTest {
    private static final String RULES = "/api/v1/rules";

    @Inject Messenger messenger;
    @Inject DataSource dataSource;

    private final String namespace = unique("sending");
    private Rows rows;

    @BeforeEach
    void prepare() {
        rows = new Rows(dataSource);
    }

    @AfterEach
    void deleteTheRules() throws SQLException {
        rows.change("delete from alert_rule where namespace = ?", namespace);
        rows.change("delete from execution where namespace = ?", namespace);
    }

    @Test
    void newsForWhichTheQueueHasNoRoomWaits() throws SQLException {
        queueHolds(1);
        String first = aRule(webhook());
        String second = aRule(webhook());
        isNew(first, "FAILED");
        isNew(second, "FAILED");

        sendAll();

        assertThat(messages(first)).isEqualTo(1);
        assertThat(messages(second)).isZero();
        assertThat(waiting(second)).isEqualTo(1);
        assertThat(isPutOff(second)).isTrue();
        rows.change("delete from execution where namespace = ?", namespace);
        isDue(second);
        sendAll();
        assertThat(messages(second)).isEqualTo(1);
        assertThat(waiting(second)).isZero();
    }

    @Test
    void asManyIncidentsAreSentAsThereIsRoomFor() throws SQLException {
        queueHolds(10);
        String rule = aRule(incidents());
        isNew(rule, "FAILED", 12);

        sendAll();

        assertThat(messages(rule)).isEqualTo(10);
        assertThat(waiting(rule)).isEqualTo(2);
    }

    @Test
    void aRuleThatCannotBeToldHoldsUpNoOther() throws SQLException {
        String bad = aRule(incidents());
        String good = aRule(webhook());
        rows.change("update alert_rule set webhook = webhook - 'key' where id = ?::uuid", bad);
        isNew(bad, "FAILED");
        isNew(good, "FAILED");

        sendAll();

        assertThat(messages(good)).isEqualTo(1);
        assertThat(waiting(bad)).isEqualTo(1);
        assertThat(isPutOff(bad)).isTrue();
    }

    @Test
    void aCalendarThatCannotBeReadMakesNothingQuiet() throws SQLException {
        aCalendar();
        String rule = aRule(webhook(), object().put("quietDuring", "always"));
        rows.change(
                "update calendar set definition = '{\"timeZone\": \"No/Where\", \"entries\": 7}' where namespace = ?",
                namespace);
        isNew(rule, "FAILED");

        sendAll();

        assertThat(messages(rule)).isEqualTo(1);
    }

    @Test
    void executionsHaveIncidentsOfTheirOwnOfWhichOneMinuteTakesAHundred() throws SQLException {
        String rule = aRule(incidents());
        rows.change(
                """
                insert into alert_news (rule_id, job_id, execution_id, kind, failures, at)
                select ?::uuid, 'ee000000-0000-0000-0000-000000000000', gen_random_uuid(), 'SKIPPED', 0, now()
                from generate_series(1, 105)
                """,
                rule);

        sendAll();

        assertThat(messages(rule)).isEqualTo(100);
        assertThat(waiting(rule)).isEqualTo(5);
    }

    @Test
    void theLastNewsOfAnIncidentCounts() throws SQLException {
        String rule = aRule(incidents());
        isNewOfOneJob(rule, "FAILED", "RECOVERED", "FAILED", "LATE", "STARTED_AGAIN");

        sendAll();

        assertThat(
                        rows.texts(
                                """
                                select config::jsonb -> 'body' ->> 'event_action' from execution
                                where labels ->> 'rule' = ? order by scheduled_at, id
                                """,
                                rule))
                .containsExactlyInAnyOrder("trigger", "resolve");
        assertThat(waiting(rule)).isZero();
    }

    @Test
    void aRuleThatWasDisabledOrMutedTellsNothingThatWaited() throws SQLException {
        String disabled = aRule(webhook());
        String muted = aRule(webhook());
        String ofIncidents = aRule(incidents());
        for (String rule : List.of(disabled, muted, ofIncidents)) {
            isNewOfOneJob(rule, "FAILED", "STARTED_AGAIN");
        }
        rows.change("update alert_rule set enabled = false where id = ?::uuid", disabled);
        for (String rule : List.of(muted, ofIncidents)) {
            rows.change(
                    "update alert_rule set muted_until = now() + interval '1 day' where id = ?::uuid",
                    rule);
        }

        sendAll();

        assertThat(messages(disabled)).isZero();
        assertThat(messages(muted)).isZero();
        assertThat(messages(ofIncidents)).as("what closes an incident").isEqualTo(1);
        for (String rule : List.of(disabled, muted, ofIncidents)) {
            assertThat(waiting(rule)).isZero();
        }
    }

    @Test
    void whatWaitsForLongIsNotKeptWithoutEnd() throws SQLException {
        aCalendar();
        String rule = aRule(webhook(), object().put("quietDuring", "always"));
        isNew(rule, "FAILED", 10_003);

        sendAll();

        assertThat(messages(rule)).isZero();
        assertThat(waiting(rule)).isEqualTo(10_000);
    }

    private void queueHolds(int depth) {
        tree(
                body(object().put("maxDepth", depth))
                        .put("/api/v1/queues/alerts?namespace=" + namespace),
                201);
    }

    private void aCalendar() {
        tree(
                body("{\"entries\": [{\"from\": \"1990-01-01\"}]}")
                        .put("/api/v1/calendars/always?namespace=" + namespace),
                201);
    }

    private static ObjectNode webhook() {
        return object().put("url", "https://example.com/hook");
    }

    private ObjectNode incidents() {
        body(object().put("value", "k".repeat(32)))
                .put("/api/v1/secrets/on-call?namespace=" + namespace);
        return webhook().put("format", "PAGERDUTY").put("key", "{{secret.on-call}}");
    }

    private String aRule(ObjectNode webhook) {
        return aRule(webhook, object());
    }

    private String aRule(ObjectNode webhook, ObjectNode rule) {
        rule.put("name", unique("rule")).put("namespace", namespace);
        rule.set("webhook", webhook);
        return tree(body(rule).post(RULES), 201).get("id").textValue();
    }

    private void isNew(String rule, String kind) throws SQLException {
        isNew(rule, kind, 1);
    }

    /** News of so many jobs. */
    private void isNew(String rule, String kind, int jobs) throws SQLException {
        rows.change(
                """
                insert into alert_news (rule_id, job_id, execution_id, kind, failures, at)
                select ?::uuid, gen_random_uuid(), gen_random_uuid(), ?, 1, now() from generate_series(1, ?)
                """,
                rule,
                kind,
                jobs);
    }

    private void isNewOfOneJob(String rule, String... kinds) throws SQLException {
        for (String kind : kinds) {
            rows.change(
                    """
                    insert into alert_news (rule_id, job_id, execution_id, kind, failures, at, since)
                    values (?::uuid, 'ee000000-0000-0000-0000-000000000000', gen_random_uuid(), ?, 1, now(), now())
                    """,
                    rule,
                    kind);
        }
    }

    /** As the loop does, until nothing is due. */
    private void sendAll() {
        int rounds = 0;
        while (messenger.sendNext()) {
            assertThat(++rounds).as("rounds").isLessThan(100);
        }
    }

    private void isDue(String rule) throws SQLException {
        rows.change("update alert_rule set next_message_at = '-infinity' where id = ?::uuid", rule);
    }

    private boolean isPutOff(String rule) throws SQLException {
        return rows.number(
                        "select count(*) from alert_rule where id = ?::uuid and next_message_at > now()",
                        rule)
                == 1;
    }

    private long waiting(String rule) throws SQLException {
        return rows.number("select count(*) from alert_news where rule_id = ?::uuid", rule);
    }

    private long messages(String rule) throws SQLException {
        return rows.number("select count(*) from execution where labels ->> 'rule' = ?", rule);
    }
}
