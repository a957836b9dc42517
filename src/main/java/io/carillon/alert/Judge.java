package io.carillon.alert;

import io.carillon.alert.Verdict.Standing;
import io.carillon.database.ArrayParameters;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.intellij.lang.annotations.Language;

/**
 * Turns the ends that were noted for rules into news. Only one replica at a time does so, so that
 * the ends of a job are judged in order.
 */
@ApplicationScoped
class Judge {
    private static final int MAX_ENDS = 500;

    @Language("SQL")
    private static final String MY_TURN =
            "select pg_try_advisory_xact_lock(hashtextextended('carillon.alerts', 0))";

    @Language("SQL")
    private static final String TAKE =
            """
            delete from alert_end where id = any (array(select id from alert_end order by id limit ?))
            returning id, rule_id, job_id, execution_id, succeeded, at, skipped
            """;

    /** Locks the rules, so that they are not deleted meanwhile. */
    @Language("SQL")
    private static final String RULES =
            "select * from alert_rule where id = any (?) and enabled for key share";

    @Language("SQL")
    private static final String STANDINGS =
            """
            select s.rule_id, s.job_id, s.failures, s.is_told
            from unnest(?::uuid[], ?::uuid[]) as asked (rule_id, job_id)
            join alert_state s on s.rule_id = asked.rule_id and s.job_id = asked.job_id
            """;

    @Language("SQL")
    private static final String KEEP =
            """
            insert into alert_state (rule_id, job_id, failures, is_told)
            select * from unnest(?::uuid[], ?::uuid[], ?::bigint[]::integer[], ?::boolean[])
            on conflict (rule_id, job_id) do update set failures = excluded.failures, is_told = excluded.is_told
            """;

    @Language("SQL")
    private static final String FORGET =
            """
            delete from alert_state s using unnest(?::uuid[], ?::uuid[]) as well (rule_id, job_id)
            where s.rule_id = well.rule_id and s.job_id = well.job_id
            """;

    @Language("SQL")
    private static final String TELL =
            """
            insert into alert_news (rule_id, job_id, execution_id, kind, failures, at)
            select rule_id, job_id, execution_id, kind, failures, at::timestamptz
            from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::varchar[], ?::bigint[], ?::varchar[])
                     as n (rule_id, job_id, execution_id, kind, failures, at)
            """;

    private final Database database;
    private final RuleMapping rules;

    Judge(@BackgroundPool Database database, RuleMapping rules) {
        this.database = database;
        this.rules = rules;
    }

    private record End(
            long id,
            Watched watched,
            UUID executionId,
            boolean succeeded,
            Instant at,
            boolean skipped) {}

    /** A job, as a rule sees it. */
    private record Watched(UUID ruleId, UUID jobId) {}

    private record Told(UUID ruleId, News news) {}

    /**
     * Judges the oldest ends.
     *
     * @return how many were judged; a full batch means that there may be more
     */
    int judge() {
        return database.inTransaction(connection -> isMyTurn(connection) ? judge(connection) : 0);
    }

    boolean isMore(int judged) {
        return judged == MAX_ENDS;
    }

    private static boolean isMyTurn(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(MY_TURN);
                var row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private int judge(Connection connection) throws SQLException {
        var ends = take(connection);
        if (ends.isEmpty()) {
            return 0;
        }
        var known = rules(connection, ends);
        var watched = new HashSet<Watched>();
        ends.forEach(end -> watched.add(end.watched));
        var before = standings(connection, List.copyOf(watched));
        var after = new HashMap<>(before);
        var told = new ArrayList<Told>();
        for (var end : ends) {
            var rule = known.get(end.watched.ruleId);
            if (rule == null) {
                continue;
            }
            if (end.skipped) {
                if (rule.skipped() && !rule.isMutedAt(end.at)) {
                    told.add(
                            new Told(
                                    rule.id(),
                                    News.ofEnd(
                                            end.watched.jobId,
                                            end.executionId,
                                            News.Kind.SKIPPED,
                                            0,
                                            end.at)));
                }
                continue;
            }
            var standing = after.getOrDefault(end.watched, Standing.WELL);
            var verdict = Verdict.of(rule.asked(), standing, end.succeeded, rule.isMutedAt(end.at));
            if (verdict.after() == null) {
                after.remove(end.watched);
            } else {
                after.put(end.watched, verdict.after());
            }
            if (verdict.news() != null) {
                int failures =
                        verdict.after() == null ? standing.failures() : verdict.after().failures();
                told.add(
                        new Told(
                                rule.id(),
                                News.ofEnd(
                                        end.watched.jobId,
                                        end.executionId,
                                        verdict.news(),
                                        failures,
                                        end.at)));
            }
        }
        keep(connection, List.copyOf(after.entrySet()));
        forget(
                connection,
                before.keySet().stream().filter(each -> !after.containsKey(each)).toList());
        tell(connection, told);
        return ends.size();
    }

    private static List<End> take(Connection connection) throws SQLException {
        var ends = new ArrayList<End>();
        try (var statement = connection.prepareStatement(TAKE)) {
            statement.setInt(1, MAX_ENDS);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    ends.add(
                            new End(
                                    row.getLong(1),
                                    new Watched(
                                            row.getObject(2, UUID.class),
                                            row.getObject(3, UUID.class)),
                                    row.getObject(4, UUID.class),
                                    row.getBoolean(5),
                                    row.getObject(6, OffsetDateTime.class).toInstant(),
                                    row.getBoolean(7)));
                }
            }
        }
        ends.sort(Comparator.comparingLong(End::id));
        return ends;
    }

    private Map<UUID, RuleView> rules(Connection connection, List<End> ends) throws SQLException {
        var ids = ends.stream().map(end -> end.watched.ruleId).distinct().toArray();
        try (var statement = connection.prepareStatement(RULES)) {
            statement.setArray(1, connection.createArrayOf("uuid", ids));
            return rules.read(statement).stream()
                    .collect(Collectors.toMap(RuleView::id, rule -> rule));
        }
    }

    private static Map<Watched, Standing> standings(Connection connection, List<Watched> watched)
            throws SQLException {
        var standings = new HashMap<Watched, Standing>();
        try (var statement = connection.prepareStatement(STANDINGS)) {
            new ArrayParameters<>(statement, 1, watched)
                    .add("uuid", Watched::ruleId)
                    .add("uuid", Watched::jobId);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    standings.put(
                            new Watched(row.getObject(1, UUID.class), row.getObject(2, UUID.class)),
                            new Standing(row.getInt(3), row.getBoolean(4)));
                }
            }
        }
        return standings;
    }

    private static void keep(Connection connection, List<Map.Entry<Watched, Standing>> standings)
            throws SQLException {
        if (standings.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(KEEP)) {
            new ArrayParameters<>(statement, 1, standings)
                    .add("uuid", each -> each.getKey().ruleId)
                    .add("uuid", each -> each.getKey().jobId)
                    .longs(each -> each.getValue().failures())
                    .add("bool", each -> each.getValue().isTold());
            statement.executeUpdate();
        }
    }

    private static void forget(Connection connection, List<Watched> well) throws SQLException {
        if (well.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(FORGET)) {
            new ArrayParameters<>(statement, 1, well)
                    .add("uuid", Watched::ruleId)
                    .add("uuid", Watched::jobId);
            statement.executeUpdate();
        }
    }

    private static void tell(Connection connection, List<Told> told) throws SQLException {
        if (told.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(TELL)) {
            new ArrayParameters<>(statement, 1, told)
                    .add("uuid", Told::ruleId)
                    .add("uuid", each -> each.news.jobId())
                    .add("uuid", each -> each.news.executionId())
                    .texts(each -> each.news.kind().name())
                    .longs(each -> each.news.failures())
                    .texts(each -> Objects.toString(each.news.at()));
            statement.executeUpdate();
        }
    }
}
