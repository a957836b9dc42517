package io.carillon.alert;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.SqlParameters;
import io.carillon.database.UuidV7;
import io.carillon.execution.ledger.Ends;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes rules. Every change is written to the audit log, without the headers of the
 * webhook.
 */
@ApplicationScoped
public class RuleStore {
    @Language("SQL")
    private static final String PAGE =
            """
            select * from alert_rule where (?::varchar[] is null or namespace = any (?))
            order by namespace, name limit ? offset ?
            """;

    @Language("SQL")
    private static final String COUNT =
            "select count(*) from alert_rule where (?::varchar[] is null or namespace = any (?))";

    @Language("SQL")
    private static final String BY_ID = "select * from alert_rule where id = ?";

    @Language("SQL")
    private static final String LOCK = "select * from alert_rule where id = ? for no key update";

    @Language("SQL")
    private static final String INSERT =
            """
            insert into alert_rule (name, enabled, job_id, labels, failures, tell_each, no_success_for_ms, late_by_ms,
                                    runs_longer_than_ms, unfinished_ms, tell_skipped, tell_not_planned, queue_name, queue_depth,
                                    queue_age_ms, queue_lasting_ms, lost_workers, tell_recovered, muted_until, quiet_during,
                                    max_per_day, webhook, mail, run_job_id,
                                    namespace, id)
            values (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?)
            on conflict (namespace, name) do nothing
            returning *
            """;

    @Language("SQL")
    private static final String UPDATE =
            """
            update alert_rule
            set name = ?, enabled = ?, job_id = ?, labels = ?::jsonb, failures = ?, tell_each = ?, no_success_for_ms = ?,
                late_by_ms = ?, runs_longer_than_ms = ?, unfinished_ms = ?, tell_skipped = ?,
                tell_not_planned = ?, queue_name = ?, queue_depth = ?, queue_age_ms = ?, queue_lasting_ms = ?,
                lost_workers = ?, tell_recovered = ?, muted_until = ?, quiet_during = ?, max_per_day = ?,
                next_message_at = least(next_message_at, clock_timestamp() + interval '1 minute'),
                webhook = ?::jsonb, mail = ?::jsonb, run_job_id = ?, version = version + 1,
                updated_at = clock_timestamp()
            where id = ? and not exists (select from alert_rule other where other.namespace = ? and other.name = ?
                                                                       and other.id <> alert_rule.id)
            returning *
            """;

    /** They were judged by another condition, so that they have not caught up. */
    @Language("SQL")
    private static final String FORGET_QUEUES =
            "delete from alert_watch where rule_id = ? and kind = 'QUEUE_BEHIND'";

    @Language("SQL")
    private static final String DELETE = "delete from alert_rule where id = ?";

    @Language("SQL")
    private static final String JOB_EXISTS =
            "select from job where id = ? and namespace = ? and deleted_at is null";

    @Language("SQL")
    private static final String CALENDAR_EXISTS =
            "select from calendar where namespace = ? and name = ?";

    private final Database database;
    private final RuleMapping mapping;
    private final DatabaseClock clock;
    private final AuditLog audit;
    private final Ends ends;

    RuleStore(
            Database database,
            RuleMapping mapping,
            DatabaseClock clock,
            AuditLog audit,
            Ends ends) {
        this.ends = ends;
        this.database = database;
        this.mapping = mapping;
        this.clock = clock;
        this.audit = audit;
    }

    /** Returns a page of the rules of the listed namespaces, by namespace and name. */
    public RuleView.Page page(Scope scope, @Nullable String namespace, int page, int limit) {
        var namespaces = scope.listed(namespace).orElse(null);
        long total =
                database.with(
                        COUNT,
                        statement -> {
                            new SqlParameters(statement).twice(namespaces);
                            try (var row = statement.executeQuery()) {
                                row.next();
                                return row.getLong(1);
                            }
                        });
        var items =
                database.with(
                        PAGE,
                        statement -> {
                            var parameters = new SqlParameters(statement);
                            parameters.twice(namespaces);
                            statement.setInt(parameters.next(), limit);
                            statement.setLong(parameters.next(), (page - 1L) * limit);
                            return mapping.read(statement).stream().map(RuleView::shown).toList();
                        });
        return new RuleView.Page(items, page, limit, total, (total + limit - 1) / limit);
    }

    /** Returns the rule; empty if it does not exist or the caller may not see it. */
    Optional<RuleView> find(Scope scope, UUID id) {
        return database.with(connection -> byId(connection, BY_ID, id))
                .filter(rule -> scope.sees(rule.namespace()));
    }

    /**
     * @throws ProblemException 409 if the name is taken in its namespace
     */
    RuleView create(String namespace, RuleDefinition definition) {
        return database.inTransaction(
                connection -> {
                    requireJobs(connection, namespace, definition);
                    try (var statement = connection.prepareStatement(INSERT)) {
                        int next = mapping.set(statement, definition);
                        statement.setString(next++, namespace);
                        statement.setObject(next, UuidV7.at(clock.now()));
                        var made = mapping.read(statement);
                        if (made.isEmpty()) {
                            throw nameTaken(definition);
                        }
                        record(connection, "RULE_CREATED", made.getFirst());
                        return made.getFirst();
                    }
                });
    }

    /**
     * @param expectedVersion from If-Match; null to change whatever is there
     * @throws ProblemException 404, 403, 409 if the name is taken, 412
     */
    RuleView replace(Scope scope, UUID id, @Nullable Long expectedVersion, RuleDefinition asked) {
        return database.inTransaction(
                connection -> {
                    var before = lock(connection, scope, id, expectedVersion);
                    var definition = asked.keeping(before.webhook());
                    if (definition.namespace() != null
                            && !definition.namespace().equals(before.namespace())) {
                        throw ProblemException.invalid(
                                "namespace", "a rule cannot change its namespace");
                    }
                    requireJobs(connection, before.namespace(), definition);
                    try (var statement = connection.prepareStatement(UPDATE)) {
                        int next = mapping.set(statement, definition);
                        statement.setObject(next++, id);
                        statement.setString(next++, before.namespace());
                        statement.setString(next, definition.title());
                        var changed = mapping.read(statement);
                        if (changed.isEmpty()) {
                            throw nameTaken(definition);
                        }
                        if (!changed.getFirst().hasIncidents()
                                && !Objects.equals(before.queue(), changed.getFirst().queue())) {
                            forgetQueues(connection, id);
                        }
                        record(connection, "RULE_CHANGED", changed.getFirst());
                        return changed.getFirst();
                    }
                });
    }

    private static void forgetQueues(Connection connection, UUID id) throws SQLException {
        try (var statement = connection.prepareStatement(FORGET_QUEUES)) {
            statement.setObject(1, id);
            statement.executeUpdate();
        }
    }

    /**
     * @throws ProblemException 404, 403, 412
     */
    void delete(Scope scope, UUID id, @Nullable Long expectedVersion) {
        database.inTransaction(
                connection -> {
                    var rule = lock(connection, scope, id, expectedVersion);
                    record(connection, "RULE_DELETED", rule);
                    try (var statement = connection.prepareStatement(DELETE)) {
                        statement.setObject(1, id);
                        return statement.executeUpdate();
                    }
                });
    }

    private RuleView lock(
            Connection connection, Scope scope, UUID id, @Nullable Long expectedVersion)
            throws SQLException {
        var absent = ProblemException.notFound("rule", id);
        var rule = byId(connection, LOCK, id).orElseThrow(() -> absent);
        scope.check(rule.namespace(), absent);
        if (expectedVersion != null && expectedVersion != rule.version()) {
            throw new ProblemException(
                    ProblemKind.STALE_VERSION,
                    "The rule is at version " + rule.version() + ", not " + expectedVersion + ".");
        }
        return rule;
    }

    private static void requireJobs(
            Connection connection, String namespace, RuleDefinition definition)
            throws SQLException {
        requireJob(connection, namespace, "jobId", definition.jobId());
        requireJob(connection, namespace, "runJobId", definition.runJobId());
        requireCalendar(connection, namespace, definition.quietDuring());
        if (definition.jobId() != null && definition.jobId().equals(definition.runJobId())) {
            throw ProblemException.invalid(
                    "runJobId", "a rule does not watch the job that it runs");
        }
    }

    private static void requireJob(
            Connection connection, String namespace, String field, @Nullable UUID jobId)
            throws SQLException {
        if (jobId == null) {
            return;
        }
        try (var statement = connection.prepareStatement(JOB_EXISTS)) {
            statement.setObject(1, jobId);
            statement.setString(2, namespace);
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    throw ProblemException.invalid(
                            field, "there is no job " + jobId + " in the namespace " + namespace);
                }
            }
        }
    }

    private static void requireCalendar(
            Connection connection, String namespace, @Nullable String name) throws SQLException {
        if (name == null) {
            return;
        }
        try (var statement = connection.prepareStatement(CALENDAR_EXISTS)) {
            statement.setString(1, namespace);
            statement.setString(2, name);
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    throw ProblemException.invalid(
                            "quietDuring",
                            "there is no calendar " + name + " in the namespace " + namespace);
                }
            }
        }
    }

    private static ProblemException nameTaken(RuleDefinition definition) {
        return new ProblemException(
                ProblemKind.CONFLICT,
                "Another rule of the namespace has the name '%s'.".formatted(definition.title()));
    }

    private void record(Connection connection, String action, RuleView rule) throws SQLException {
        database.afterCommit(ends::rulesChanged);
        var details = new HashMap<String, Object>();
        details.put("id", rule.id());
        details.put("name", rule.name());
        details.put("enabled", rule.enabled());
        if (rule.webhook() != null) {
            details.put("url", String.valueOf(rule.webhook().url()));
        }
        if (rule.mail() != null) {
            details.put("to", rule.mail().to());
        }
        if (rule.runJobId() != null) {
            details.put("runJobId", rule.runJobId());
        }
        if (rule.mutedUntil() != null) {
            details.put("mutedUntil", rule.mutedUntil());
        }
        audit.add(connection, action, rule.namespace(), rule.jobId(), details);
    }

    private Optional<RuleView> byId(Connection connection, String sql, UUID id)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setObject(1, id);
            return mapping.read(statement).stream().findFirst();
        }
    }
}
