package io.carillon.alert;

import io.carillon.alert.Messages.Message;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.execution.submission.SubmissionRequest;
import io.carillon.execution.submission.Submissions;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;

/**
 * Sends the messages of rules, as executions. A message contains all news of its rule so far; the
 * next one waits for a minute.
 */
@ApplicationScoped
class Messenger {
    /** The queue in which messages wait for a worker; an ordinary queue. */
    static final String QUEUE = "alerts";

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
    private static final String TAKE =
            """
            delete from alert_news where rule_id = ?
            returning id, job_id, execution_id, kind, failures, at, since
            """;

    @Language("SQL")
    private static final String SENT =
            "update alert_rule set next_message_at = clock_timestamp() + interval '1 minute' where id = ?";

    private final Database database;
    private final RuleStore rules;
    private final Messages messages;
    private final Submissions submissions;

    Messenger(
            @BackgroundPool Database database,
            RuleStore rules,
            Messages messages,
            Submissions submissions) {
        this.database = database;
        this.rules = rules;
        this.messages = messages;
        this.submissions = submissions;
    }

    /** Sends the message of one rule; false if no message is due. */
    boolean sendNext() {
        return database.inTransaction(
                connection -> {
                    var rule = next(connection);
                    if (rule.isEmpty()) {
                        return false;
                    }
                    send(connection, rule.get());
                    return true;
                });
    }

    private Optional<RuleView> next(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(NEXT)) {
            return rules.read(statement).stream().findFirst();
        }
    }

    private void send(Connection connection, RuleView rule) throws SQLException {
        var news = take(connection, rule.id());
        try {
            submit(rule, messages.of(rule, news));
        } catch (ProblemException refused) {
            // Its target is no longer allowed, or its queue is full: waiting would not help.
            Log.warnf(
                    "alert not sent rule=%s name=%s events=%d: %s",
                    rule.id(), rule.name(), news.size(), refused.getMessage());
        }
        try (var statement = connection.prepareStatement(SENT)) {
            statement.setObject(1, rule.id());
            statement.executeUpdate();
        }
    }

    private static List<News> take(Connection connection, UUID ruleId) throws SQLException {
        record Row(long id, News news) {}
        var taken = new ArrayList<Row>();
        try (var statement = connection.prepareStatement(TAKE)) {
            statement.setObject(1, ruleId);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    taken.add(
                            new Row(
                                    row.getLong(1),
                                    new News(
                                            row.getObject(2, UUID.class),
                                            row.getObject(3, UUID.class),
                                            News.Kind.valueOf(row.getString(4)),
                                            row.getInt(5),
                                            row.getObject(6, OffsetDateTime.class).toInstant(),
                                            RuleStore.instant(row, "since"))));
                }
            }
        }
        taken.sort(Comparator.comparingLong(Row::id));
        return taken.stream().map(Row::news).toList();
    }

    /**
     * Submits a test message, to see whether it arrives.
     *
     * @return its execution
     * @throws ProblemException if it is refused
     */
    UUID test(RuleView rule) {
        return submit(rule, messages.ofTest(rule));
    }

    private UUID submit(RuleView rule, Message message) {
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
                                null,
                                null,
                                Map.of("rule", rule.id().toString()),
                                null,
                                null))
                .id();
    }
}
