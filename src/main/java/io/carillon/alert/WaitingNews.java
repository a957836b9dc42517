package io.carillon.alert;

import io.carillon.alert.News.Kind;
import io.carillon.database.ArrayParameters;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Takes the news of a rule that waits for its next message, or drops it. */
final class WaitingNews {
    /** The most news of a rule that waits. */
    private static final int MAX_NEWS = 10_000;

    private static final List<Kind> KINDS = List.of(Kind.values());

    /** Takes all news; the first of them are told, the others counted. */
    @Language("SQL")
    private static final String TAKE =
            """
            with taken as (delete from alert_news where rule_id = ? returning *)
            select *, (select count(*) from taken) as total from taken order by id limit ?
            """;

    /** Takes the news of so many incidents, and of each the last. */
    @Language("SQL")
    private static final String TAKE_INCIDENTS =
            """
            with told as (
                select n.id, coalesce(kinds.trouble, n.kind) as trouble,
                       case when kinds.of_execution then execution_id else coalesce(job_id, subject_id) end as incident
                from alert_news n
                left join unnest(?::varchar[], ?::varchar[], ?::boolean[]) as kinds (kind, trouble, of_execution)
                       on kinds.kind = n.kind
                where rule_id = ?),
            last as (select max(id) as id, trouble, incident from told group by trouble, incident order by min(id) limit ?),
            taken as (delete from alert_news n using told, last
                      where n.id = told.id and told.trouble = last.trouble and told.incident = last.incident
                      returning n.*)
            select *, (select count(*) from taken) as total from taken where id in (select id from last) order by id
            """;

    /** The news of a rule that is off; of one that is muted, what closes incidents is kept. */
    @Language("SQL")
    private static final String DROP =
            """
            delete from alert_news n using alert_rule r
            where r.id = ? and n.rule_id = r.id
              and (not r.enabled or r.muted_until > clock_timestamp() and not (? and n.kind = any (?)))
            """;

    /** Keeps the newest, so that what waits for long does not grow without end. */
    @Language("SQL")
    private static final String PRUNE =
            """
            delete from alert_news
            where rule_id = ? and id <= (select id from alert_news where rule_id = ? order by id desc limit 1 offset ?)
            """;

    /**
     * News that was taken.
     *
     * @param news what is told of it
     * @param total how much there was
     */
    record Taken(List<News> news, long total) {
        /** Returns the one execution that all is about; null if there is none. */
        @Nullable UUID cause() {
            return news.size() == 1 ? news.getFirst().executionId() : null;
        }
    }

    private WaitingNews() {}

    static Taken take(Connection connection, RuleView rule, int mostIncidents) throws SQLException {
        boolean isOfIncidents = rule.hasIncidents();
        var news = new ArrayList<News>();
        long total = 0;
        try (var statement = connection.prepareStatement(isOfIncidents ? TAKE_INCIDENTS : TAKE)) {
            int next = 1;
            if (isOfIncidents) {
                new ArrayParameters<>(statement, next, KINDS)
                        .texts(Kind::name)
                        .texts(Kind::trouble)
                        .add("bool", Kind::isOfExecution);
                next += 3;
            }
            statement.setObject(next++, rule.id());
            statement.setInt(next, isOfIncidents ? mostIncidents : Messages.MAX_EVENTS);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    total = row.getLong("total");
                    news.add(
                            new News(
                                    row.getObject("job_id", UUID.class),
                                    row.getObject("subject_id", UUID.class),
                                    row.getString("subject"),
                                    row.getObject("execution_id", UUID.class),
                                    Kind.valueOf(row.getString("kind")),
                                    row.getInt("failures"),
                                    row.getObject("at", OffsetDateTime.class).toInstant(),
                                    RuleMapping.instant(row, "since"),
                                    row.getObject("depth", Long.class)));
                }
            }
        }
        return new Taken(news, total);
    }

    static void drop(Connection connection, RuleView rule) throws SQLException {
        try (var statement = connection.prepareStatement(DROP)) {
            statement.setObject(1, rule.id());
            statement.setBoolean(2, rule.hasIncidents());
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "varchar",
                            KINDS.stream().filter(Kind::isOver).map(Kind::name).toArray()));
            statement.executeUpdate();
        }
    }

    static void prune(Connection connection, RuleView rule) throws SQLException {
        try (var statement = connection.prepareStatement(PRUNE)) {
            statement.setObject(1, rule.id());
            statement.setObject(2, rule.id());
            statement.setInt(3, MAX_NEWS);
            statement.executeUpdate();
        }
    }
}
