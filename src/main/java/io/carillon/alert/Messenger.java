package io.carillon.alert;

import io.carillon.alert.Messages.Message;
import io.carillon.alert.WaitingNews.Taken;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.submission.SubmissionRequest;
import io.carillon.execution.submission.Submissions;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.Scope;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
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

    /** The most incidents a minute that are opened or closed: services refuse more. */
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

    @Language("SQL")
    private static final String LATER =
            """
            update alert_rule set next_message_at = greatest(next_message_at, clock_timestamp() + interval '1 minute')
            where id = ?
            """;

    /** The calls about these incidents that have not arrived yet; older ones are given up. */
    @Language("SQL")
    private static final String UNDER_WAY =
            """
            select labels ->> 'incident', id from (
                select id, labels from execution where state = 'QUEUED' and task is null and namespace = ? and queue = ?
                  and scheduled_at between now() - interval '2 days' and now() + interval '1 minute'
                union all
                select id, labels from execution where state = 'RUNNING' and namespace = ? and queue = ?
                  and scheduled_at between now() - interval '2 days' and now() + interval '1 minute'
                union all
                select id, labels from execution where state = 'RETRYING' and namespace = ? and queue = ?
                  and scheduled_at between now() - interval '2 days' and now() + interval '1 minute'
                union all
                select id, labels from execution where state = 'BLOCKED' and namespace = ? and queue = ?
                  and scheduled_at between now() - interval '2 days' and now() + interval '1 minute') as waiting
            where labels ->> 'incident' = any (?)
            """;

    private final Database database;
    private final RuleMapping rules;
    private final Messages messages;
    private final Submissions submissions;
    private final RuleRuns runs;
    private final Silence silence;
    private final AlertMetrics metrics;

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

    /**
     * Sends the message of one rule, or makes it wait; false if no message is due. A rule that
     * cannot send now waits for a minute, so that it holds up no other.
     */
    boolean sendNext() {
        for (int most = MAX_INCIDENTS; ; most /= 10) {
            var tried = new AtomicReference<@Nullable RuleView>();
            try {
                return sendNext(most, tried);
            } catch (RuntimeException | Error failure) {
                var rule = tried.get();
                if (rule == null) {
                    throw failure;
                }
                // There may be room for a part of its incidents.
                if (!isForAMoment(failure) || !rule.hasIncidents() || most == 1) {
                    sendLater(rule, failure);
                    return true;
                }
            }
        }
    }

    private boolean sendNext(int mostIncidents, AtomicReference<@Nullable RuleView> tried) {
        return database.inTransaction(
                connection -> {
                    var next = next(connection);
                    tried.set(next.orElse(null));
                    if (next.isEmpty()) {
                        return false;
                    }
                    var rule = next.get();
                    if (!rule.enabled() || rule.mutedUntil() != null) {
                        WaitingNews.drop(connection, rule);
                    }
                    if (silence.holds(connection, rule)) {
                        WaitingNews.prune(connection, rule);
                    } else {
                        send(connection, rule, mostIncidents);
                    }
                    return true;
                });
    }

    private void sendLater(RuleView rule, Throwable failure) {
        try {
            database.inNewTransaction(
                    connection -> {
                        WaitingNews.prune(connection, rule);
                        try (var statement = connection.prepareStatement(LATER)) {
                            statement.setObject(1, rule.id());
                            return statement.executeUpdate();
                        }
                    });
        } catch (RuntimeException unreachable) {
            unreachable.addSuppressed(failure);
            throw unreachable;
        }
        if (isForAMoment(failure)) {
            Log.warnf(
                    "alert waits for a minute rule=%s name=%s: %s",
                    rule.id(), rule.name(), failure.getMessage());
        } else {
            Log.errorf(failure, "alert waits for a minute rule=%s name=%s", rule.id(), rule.name());
        }
    }

    /** Whether a queue is full or a limit of submissions is reached. */
    private static boolean isForAMoment(Throwable failure) {
        return failure instanceof ProblemException refused
                && (refused.kind() == ProblemKind.QUEUE_FULL
                        || refused.kind() == ProblemKind.SUBMISSIONS_EXCEEDED);
    }

    private Optional<RuleView> next(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(NEXT)) {
            return rules.read(statement).stream().findFirst();
        }
    }

    private void send(Connection connection, RuleView rule, int mostIncidents) throws SQLException {
        var taken = WaitingNews.take(connection, rule, mostIncidents);
        if (taken.news().isEmpty()) {
            return;
        }
        var silentUntil = silence.sent(connection, rule.id());
        try {
            deliver(connection, rule, taken, silentUntil);
            database.afterCommit(metrics::sent);
        } catch (ProblemException refused) {
            if (isForAMoment(refused)) {
                throw refused;
            }
            // Its target is no longer allowed, or its job is gone: waiting would not help.
            database.afterCommit(metrics::refused);
            Log.warnf(
                    "alert not sent rule=%s name=%s events=%d: %s",
                    rule.id(), rule.name(), taken.total(), refused.getMessage());
        }
    }

    private void deliver(
            Connection connection, RuleView rule, Taken taken, @Nullable Instant silentUntil)
            throws SQLException {
        if (rule.runJobId() != null) {
            var input = messages.input(rule, taken.news(), taken.total(), silentUntil);
            var unused = runs.run(connection, rule.runJobId(), input, taken.cause());
            return;
        }
        var unused =
                submit(
                        connection,
                        rule,
                        messages.of(rule, taken.news(), taken.total(), silentUntil));
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
