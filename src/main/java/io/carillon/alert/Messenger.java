package io.carillon.alert;

import io.carillon.alert.Messages.Message;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.submission.SubmissionRequest;
import io.carillon.execution.submission.Submissions;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Sends the messages of rules, as executions. A message contains all news of its rule so far; the
 * next one waits for a minute. Services of incidents get one message for each incident instead.
 */
@ApplicationScoped
class Messenger {
    /** The queue in which messages wait for a worker; an ordinary queue. */
    static final String QUEUE = "alerts";

    /** The most jobs a minute of which incidents are opened or closed: services refuse more. */
    private static final int MAX_INCIDENTS = 100;

    @Language("SQL")
    private static final String NEXT =
            """
            select * from alert_rule r
            where next_message_at <= clock_timestamp() and exists (select from alert_news n where n.rule_id = r.id)
            order by next_message_at, id
            limit 1
            for no key update skip locked
            """;

    /** Takes all news; the first of them are told, the others counted. */
    @Language("SQL")
    private static final String TAKE =
            """
            with taken as (delete from alert_news where rule_id = ? returning *)
            select *, (select count(*) from taken) as total from taken order by id limit ?
            """;

    /** Takes the news of so many jobs, and of these the last of each kind. */
    @Language("SQL")
    private static final String TAKE_INCIDENTS =
            """
            with first as (select coalesce(job_id, subject_id) as about from alert_news where rule_id = ?
                           group by about order by min(id) limit ?),
            taken as (delete from alert_news n using first
                      where n.rule_id = ? and coalesce(n.job_id, n.subject_id) = first.about returning n.*),
            each as (select *, coalesce(job_id, subject_id) as about,
                            case when kind in ('RUNS_LONG', 'SKIPPED', 'UNFINISHED', 'FINISHED') then execution_id end
                                as incident
                     from taken),
            last as (select distinct on (about, kind, incident) * from each
                     order by about, kind, incident, id desc)
            select *, (select count(*) from taken) as total from last order by id
            """;

    /** The calls about these incidents that have not arrived yet. */
    @Language("SQL")
    private static final String UNDER_WAY =
            """
            select labels ->> 'incident', id from (
                select id, labels from execution where state = 'QUEUED' and task is null and namespace = ? and queue = ?
                union all
                select id, labels from execution where state = 'RUNNING' and namespace = ? and queue = ?
                union all
                select id, labels from execution where state = 'RETRYING' and namespace = ? and queue = ?
                union all
                select id, labels from execution where state = 'BLOCKED' and namespace = ? and queue = ?) as waiting
            where labels ->> 'incident' = any (?)
            """;

    private final Database database;
    private final RuleMapping rules;
    private final Messages messages;
    private final Submissions submissions;
    private final RuleRuns runs;
    private final Silence silence;
    private final AlertMetrics metrics;

    /**
     * News that was taken.
     *
     * @param news what is told of it
     * @param total how much there was
     */
    private record Taken(List<News> news, long total) {
        /** Returns the one execution that all is about; null if there is none. */
        @Nullable UUID cause() {
            return news.size() == 1 ? news.getFirst().executionId() : null;
        }
    }

    Messenger(
            @BackgroundPool Database database,
            RuleMapping rules,
            Messages messages,
            Submissions submissions,
            RuleRuns runs,
            Silence silence,
            AlertMetrics metrics) {
        this.database = database;
        this.rules = rules;
        this.messages = messages;
        this.submissions = submissions;
        this.runs = runs;
        this.silence = silence;
        this.metrics = metrics;
    }

    /** Sends the message of one rule, or makes it wait; false if no message is due. */
    boolean sendNext() {
        return database.inTransaction(
                connection -> {
                    var rule = next(connection);
                    if (rule.isEmpty()) {
                        return false;
                    }
                    if (!silence.holds(connection, rule.get())) {
                        send(connection, rule.get());
                    }
                    return true;
                });
    }

    private Optional<RuleView> next(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(NEXT)) {
            return rules.read(statement).stream().findFirst();
        }
    }

    private void send(Connection connection, RuleView rule) throws SQLException {
        var taken = take(connection, rule);
        var silentUntil = silence.sent(connection, rule.id());
        try {
            deliver(connection, rule, taken, silentUntil);
            database.afterCommit(metrics::sent);
        } catch (ProblemException refused) {
            // Its target is no longer allowed, or its queue is full: waiting would not help.
            database.afterCommit(metrics::refused);
            Log.warnf(
                    "alert not sent rule=%s name=%s events=%d: %s",
                    rule.id(), rule.name(), taken.total, refused.getMessage());
        }
    }

    private void deliver(
            Connection connection, RuleView rule, Taken taken, @Nullable Instant silentUntil)
            throws SQLException {
        if (rule.runJobId() != null) {
            var input = messages.input(rule, taken.news, taken.total, silentUntil);
            var unused = runs.run(connection, rule.runJobId(), input, taken.cause());
            return;
        }
        var unused =
                submit(connection, rule, messages.of(rule, taken.news, taken.total, silentUntil));
    }

    /** Submits messages; returns the execution of the first. */
    private UUID submit(Connection connection, RuleView rule, List<Message> all)
            throws SQLException {
        var underWay = underWay(connection, rule, all);
        var executions = new ArrayList<UUID>();
        for (var message : all) {
            var before = new ArrayList<>(underWay.getOrDefault(message.incident(), List.of()));
            var id = submit(rule, message, before.isEmpty() ? null : before);
            if (message.incident() != null) {
                underWay.put(message.incident(), List.of(id.toString()));
            }
            executions.add(id);
        }
        return executions.getFirst();
    }

    /**
     * Returns the calls about the same incidents that have not arrived yet. Those that follow wait
     * for them: a call that closes an incident must not come before the one that opens it.
     */
    private static Map<@Nullable String, List<String>> underWay(
            Connection connection, RuleView rule, List<Message> all) throws SQLException {
        var underWay = new HashMap<@Nullable String, List<String>>();
        var incidents = all.stream().map(Message::incident).filter(Objects::nonNull).toArray();
        if (incidents.length == 0) {
            return underWay;
        }
        try (var statement = connection.prepareStatement(UNDER_WAY)) {
            int next = 1;
            for (int state = 0; state < 4; state++) {
                statement.setString(next++, rule.namespace());
                statement.setString(next++, QUEUE);
            }
            statement.setArray(next, connection.createArrayOf("text", incidents));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    underWay.computeIfAbsent(row.getString(1), key -> new ArrayList<>())
                            .add(row.getString(2));
                }
            }
        }
        return underWay;
    }

    private static Taken take(Connection connection, RuleView rule) throws SQLException {
        var webhook = rule.webhook();
        boolean isOfIncidents = webhook != null && webhook.formatOrDefault().isOfIncidents();
        var news = new ArrayList<News>();
        long total = 0;
        try (var statement = connection.prepareStatement(isOfIncidents ? TAKE_INCIDENTS : TAKE)) {
            statement.setObject(1, rule.id());
            statement.setInt(2, isOfIncidents ? MAX_INCIDENTS : Messages.MAX_EVENTS);
            if (isOfIncidents) {
                statement.setObject(3, rule.id());
            }
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    total = row.getLong("total");
                    news.add(
                            new News(
                                    row.getObject("job_id", UUID.class),
                                    row.getObject("subject_id", UUID.class),
                                    row.getString("subject"),
                                    row.getObject("execution_id", UUID.class),
                                    News.Kind.valueOf(row.getString("kind")),
                                    row.getInt("failures"),
                                    row.getObject("at", OffsetDateTime.class).toInstant(),
                                    RuleMapping.instant(row, "since"),
                                    row.getObject("depth", Long.class)));
                }
            }
        }
        return new Taken(news, total);
    }

    /**
     * Submits a test message, to see whether it arrives; of those that open an incident and close
     * it, both.
     *
     * @return the execution of the first
     * @throws ProblemException if it is refused
     */
    UUID test(RuleView rule) {
        return database.inTransaction(
                connection -> {
                    if (rule.runJobId() != null) {
                        return runs.run(
                                connection, rule.runJobId(), messages.inputOfTest(rule), null);
                    }
                    return submit(connection, rule, messages.ofTest(rule));
                });
    }

    private UUID submit(RuleView rule, Message message, @Nullable List<String> dependsOn) {
        var labels = new HashMap<>(Map.of("rule", rule.id().toString()));
        if (message.incident() != null) {
            labels.put("incident", message.incident());
        }
        return submissions
                .submit(
                        Scope.EVERYTHING,
                        new SubmissionRequest(
                                rule.namespace(),
                                message.type(),
                                message.config(),
                                QUEUE,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                dependsOn,
                                dependsOn == null ? null : OnDependencyFailure.RUN,
                                labels,
                                null,
                                null))
                .id();
    }
}
