package io.carillon.execution.ledger;

import io.carillon.database.ArrayParameters;
import io.carillon.database.Database;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.event.EventItem;
import io.carillon.event.EventLog;
import io.carillon.event.EventLog.Happened;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.follow.FollowUps;
import io.carillon.execution.follow.Followers;
import io.carillon.execution.ledger.ExecutionControl.Changed;
import io.carillon.outgoing.limit.HeldBackException;
import io.carillon.trace.Traces;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Notes the ends of executions, in the transaction that ends them, for those who act on them:
 * {@link Followers} releases or cancels what waits, {@link FollowUps} runs the jobs that follow,
 * {@code alert.Alerts} tells people, readers of events see it, and its trace is written. Locks no
 * rows, so that a transaction that ends executions holds only their locks.
 */
@ApplicationScoped
public class Ends {
    /** Only the planner's index on the few jobs that run after another is read. */
    @Language("SQL")
    private static final String ASK_FOR_FOLLOW_UPS =
            """
            insert into follow_up (job_id, cause_id)
            select j.id, ended.id
            from unnest(?::uuid[], ?::uuid[], ?::varchar[]) as ended (job_id, id, state)
            join job j on j.after_job_id = ended.job_id
            where j.deleted_at is null
              and (j.after_on = 'ANY'
                   or j.after_on = 'SUCCESS' and ended.state = 'SUCCEEDED'
                   or j.after_on = 'FAILURE' and ended.state = 'FAILED')
            """;

    @Language("SQL")
    private static final String ASK_TO_TELL =
            """
            insert into untold_end (execution_id, job_id, state)
            select id, job_id, state from unnest(?::uuid[], ?::uuid[], ?::varchar[]) as ended (id, job_id, state)
            """;

    /**
     * A rule needs a success only if the job failed before: the failure may be judged already,
     * noted, or noted here. Rules that run jobs do not watch jobs that rules run, or they would run
     * each other in a circle.
     */
    @Language("SQL")
    private static final String ASK_FOR_ALERTS =
            """
            with ended as (
                select * from unnest(?::uuid[], ?::uuid[], ?::varchar[])
                                  with ordinality as each (job_id, id, state, place))
            insert into alert_end (rule_id, job_id, execution_id, succeeded)
            select r.id, j.id, ended.id, ended.state = 'SUCCEEDED'
            from ended
            join job j on j.id = ended.job_id
            join alert_rule r on r.namespace = j.namespace and r.enabled and r.failures > 0
                              and (r.job_id is null or r.job_id = j.id) and (r.labels is null or j.labels @> r.labels)
                              and (r.run_job_id is null
                                   or not exists (select from alert_rule o where o.run_job_id = j.id))
            where ended.state = 'FAILED'
               or ended.state = 'SUCCEEDED'
                  and (exists (select from alert_state s where s.rule_id = r.id and s.job_id = j.id)
                       or exists (select from alert_end e where e.rule_id = r.id and e.job_id = j.id)
                       or exists (select from ended failed where failed.job_id = j.id and failed.state = 'FAILED'))
            order by ended.place
            """;

    /** A pause is no news: somebody wanted it. */
    @Language("SQL")
    private static final String ASK_FOR_SKIPPED =
            """
            insert into alert_end (rule_id, job_id, execution_id, succeeded, skipped)
            select r.id, j.id, skipped.id, false, true
            from unnest(?::uuid[], ?::uuid[], ?::varchar[]) with ordinality as skipped (job_id, id, reason, place)
            join job j on j.id = skipped.job_id
            join alert_rule r on r.namespace = j.namespace and r.enabled and r.tell_skipped
                              and (r.job_id is null or r.job_id = j.id) and (r.labels is null or j.labels @> r.labels)
                              and (r.run_job_id is null
                                   or not exists (select from alert_rule o where o.run_job_id = j.id))
            where skipped.reason <> 'PAUSED'
            order by skipped.place
            """;

    @Language("SQL")
    private static final String RULES_EXIST =
            """
            select exists (select from alert_rule where enabled and failures > 0),
                   exists (select from alert_rule where enabled and tell_skipped)
            """;

    /** Without rules, alerts cost only one query a second. */
    private static final long LOOK_AGAIN_NANOS = 1_000_000_000;

    /** Which rules there are. */
    private record Rules(boolean areOfEnds, boolean areOfSkips) {}

    private volatile Rules rules = new Rules(false, false);
    private volatile long lookedNanos = System.nanoTime() - LOOK_AGAIN_NANOS;

    private final Notifications notifications;
    private final EventLog events;
    private final Database database;
    private final Traces traces;

    Ends(Notifications notifications, EventLog events, Database database, Traces traces) {
        this.notifications = notifications;
        this.events = events;
        this.database = database;
        this.traces = traces;
    }

    /**
     * Makes the next end check again whether there are rules; other replicas do so within a second.
     */
    public void rulesChanged() {
        lookedNanos = System.nanoTime() - LOOK_AGAIN_NANOS;
    }

    /** An execution that was skipped or cancelled when it was made. */
    record Stillborn(
            ExecutionState state,
            UUID id,
            @Nullable UUID jobId,
            String namespace,
            String type,
            String reason) {}

    /** Notes executions that have ended before they began; nothing waits for them yet. */
    void noteStillborn(Connection connection, List<Stillborn> stillborn) throws SQLException {
        askForSkipped(
                connection,
                stillborn.stream()
                        .filter(each -> each.state == ExecutionState.SKIPPED)
                        .map(each -> new Skipped(each.jobId, each.id, each.reason))
                        .toList());
        events.add(
                connection,
                stillborn.stream()
                        .map(
                                each ->
                                        new Happened(
                                                each.namespace,
                                                EventItem.ofExecution(
                                                        kindOf(each.state),
                                                        each.id,
                                                        each.jobId,
                                                        each.type,
                                                        0,
                                                        each.reason,
                                                        null)))
                        .toList());
        trace(stillborn.stream().map(Stillborn::id));
    }

    private void trace(Stream<UUID> ended) {
        if (traces.areOn()) {
            var ids = ended.toList();
            database.afterCommit(() -> ids.forEach(traces::ended));
        }
    }

    private void tellReaders(Connection connection, List<Changed> changed) throws SQLException {
        var happened = new ArrayList<Happened>(changed.size());
        for (var each : changed) {
            boolean isNamedByState =
                    each.state().isFinal() || each.state() == ExecutionState.AWAITING;
            // A failed attempt that is repeated has a code; what was given back has none, and what
            // was held back has begun no attempt.
            if (isNamedByState || each.code() != null && !HeldBackException.isCode(each.code())) {
                happened.add(
                        new Happened(
                                each.namespace(),
                                EventItem.ofExecution(
                                        isNamedByState
                                                ? kindOf(each.state())
                                                : "execution.retrying",
                                        each.id(),
                                        each.jobId(),
                                        each.type(),
                                        each.attempt(),
                                        each.reason(),
                                        each.code())));
            }
        }
        events.add(connection, happened);
    }

    private static String kindOf(ExecutionState state) {
        return "execution." + state.name().toLowerCase(Locale.ROOT);
    }

    /** Notes the executions that have ended; of the others, attempts that failed are events. */
    void note(Connection connection, List<Changed> changed) throws SQLException {
        tellReaders(connection, changed);
        var ended = changed.stream().filter(each -> each.state().isFinal()).toList();
        var ofJobs =
                ended.stream()
                        .filter(each -> each.jobId() != null)
                        .filter(each -> each.state() != ExecutionState.SKIPPED)
                        .toList();
        var followed = ended.stream().filter(Changed::isFollowed).toList();
        trace(ended.stream().map(Changed::id));
        askForAlerts(connection, ofJobs);
        askForSkipped(
                connection,
                ended.stream()
                        .filter(each -> each.state() == ExecutionState.SKIPPED)
                        .map(each -> new Skipped(each.jobId(), each.id(), each.reason()))
                        .toList());
        int noted = askForFollowUps(connection, ofJobs) + askToTell(connection, followed);
        if (noted > 0) {
            notifications.soon(Topic.FOLLOW_UP, "");
        }
    }

    private static int askForFollowUps(Connection connection, List<Changed> ended)
            throws SQLException {
        return ask(connection, ASK_FOR_FOLLOW_UPS, ended);
    }

    private void askForAlerts(Connection connection, List<Changed> ended) throws SQLException {
        if (!ended.isEmpty() && rules(connection).areOfEnds) {
            ask(connection, ASK_FOR_ALERTS, ended);
        }
    }

    private record Skipped(@Nullable UUID jobId, UUID id, @Nullable String reason) {}

    private void askForSkipped(Connection connection, List<Skipped> skipped) throws SQLException {
        var ofJobs = skipped.stream().filter(each -> each.jobId != null).toList();
        if (ofJobs.isEmpty() || !rules(connection).areOfSkips) {
            return;
        }
        try (var statement = connection.prepareStatement(ASK_FOR_SKIPPED)) {
            new ArrayParameters<>(statement, 1, ofJobs)
                    .add("uuid", Skipped::jobId)
                    .add("uuid", Skipped::id)
                    .texts(Skipped::reason);
            statement.executeUpdate();
        }
    }

    private Rules rules(Connection connection) throws SQLException {
        long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_AGAIN_NANOS) {
            try (var statement = connection.prepareStatement(RULES_EXIST);
                    var row = statement.executeQuery()) {
                row.next();
                rules = new Rules(row.getBoolean(1), row.getBoolean(2));
            }
            lookedNanos = now;
        }
        return rules;
    }

    private static int ask(Connection connection, String sql, List<Changed> ended)
            throws SQLException {
        if (ended.isEmpty()) {
            return 0;
        }
        try (var statement = connection.prepareStatement(sql)) {
            new ArrayParameters<>(statement, 1, ended)
                    .add("uuid", Changed::jobId)
                    .add("uuid", Changed::id)
                    .texts(each -> each.state().name());
            return statement.executeUpdate();
        }
    }

    private static int askToTell(Connection connection, List<Changed> ended) throws SQLException {
        if (ended.isEmpty()) {
            return 0;
        }
        try (var statement = connection.prepareStatement(ASK_TO_TELL)) {
            new ArrayParameters<>(statement, 1, ended)
                    .add("uuid", Changed::id)
                    .add("uuid", Changed::jobId)
                    .texts(each -> each.state().name());
            return statement.executeUpdate();
        }
    }
}
