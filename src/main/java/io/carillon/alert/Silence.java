package io.carillon.alert;

import io.carillon.calendar.Calendars;
import io.carillon.database.DatabaseClock;
import io.carillon.schedule.Exclusion.Excluded;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Decides how long the news of a rule waits: for the end of its quiet hours, for the end of the day
 * in which it has sent as many messages as it may, or else for a minute after its last message. A
 * day is the 24 hours from a message.
 */
@ApplicationScoped
class Silence {
    /** A calendar may be changed while it is quiet, so it is read again. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    @Language("SQL")
    private static final String DAY_IS_FULL =
            """
            select day_began_at + interval '24 hours' from alert_rule
            where id = ? and day_messages >= max_per_day and day_began_at > clock_timestamp() - interval '24 hours'
            """;

    @Language("SQL")
    private static final String WAIT = "update alert_rule set next_message_at = ? where id = ?";

    @Language("SQL")
    private static final String SENT =
            """
            with now as (select clock_timestamp() as at),
            day as (
                select case when is_new then at else day_began_at end as began_at,
                       case when is_new then 1 else day_messages + 1 end as messages
                from now, alert_rule,
                     coalesce(day_began_at <= at - interval '24 hours', true) as is_new
                where id = ?)
            update alert_rule
            set day_began_at = began_at, day_messages = messages,
                next_message_at = case when messages >= max_per_day then began_at + interval '24 hours'
                                       else at + interval '1 minute' end
            from now, day
            where id = ?
            returning case when messages >= max_per_day then next_message_at end
            """;

    private final Calendars calendars;
    private final DatabaseClock clock;

    Silence(Calendars calendars, DatabaseClock clock) {
        this.calendars = calendars;
        this.clock = clock;
    }

    /** Whether a rule's news waits; if so, the rule is looked at again when it may no longer. */
    boolean holds(Connection connection, RuleView rule) throws SQLException {
        var until = quietUntil(connection, rule);
        if (until.isEmpty()) {
            until = dayIsFullUntil(connection, rule.id());
        }
        if (until.isEmpty()) {
            return false;
        }
        try (var statement = connection.prepareStatement(WAIT)) {
            statement.setObject(1, until.get());
            statement.setObject(2, rule.id());
            statement.executeUpdate();
        }
        return true;
    }

    /** A calendar that was deleted, or that this version cannot read, makes nothing quiet. */
    private Optional<OffsetDateTime> quietUntil(Connection connection, RuleView rule)
            throws SQLException {
        if (rule.quietDuring() == null) {
            return Optional.empty();
        }
        var now = clock.now();
        var excluded = excluded(connection, rule, rule.quietDuring(), now);
        if (excluded == null) {
            return Optional.empty();
        }
        var soon = now.plus(SHORTEST_PAUSE);
        var again = now.plus(LONGEST_PAUSE);
        var until = excluded.to().isBefore(again) ? excluded.to() : again;
        return Optional.of((until.isBefore(soon) ? soon : until).atOffset(ZoneOffset.UTC));
    }

    private @Nullable Excluded excluded(
            Connection connection, RuleView rule, String name, Instant now) throws SQLException {
        try {
            var found = calendars.read(connection).of(rule.namespace(), List.of(name)).get(name);
            return found == null ? null : found.at(now);
        } catch (RuntimeException unreadable) {
            Log.warnf(
                    "calendar of quiet hours not read rule=%s calendar=%s: %s",
                    rule.id(), name, unreadable.getMessage());
            return null;
        }
    }

    private static Optional<OffsetDateTime> dayIsFullUntil(Connection connection, UUID ruleId)
            throws SQLException {
        try (var statement = connection.prepareStatement(DAY_IS_FULL)) {
            statement.setObject(1, ruleId);
            try (var row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(row.getObject(1, OffsetDateTime.class))
                        : Optional.empty();
            }
        }
    }

    /**
     * Counts a message, and makes the next one wait.
     *
     * @return if it is the last of the day, when the next one may be sent; else null
     */
    @Nullable Instant sent(Connection connection, UUID ruleId) throws SQLException {
        try (var statement = connection.prepareStatement(SENT)) {
            statement.setObject(1, ruleId);
            statement.setObject(2, ruleId);
            try (var row = statement.executeQuery()) {
                row.next();
                var until = row.getObject(1, OffsetDateTime.class);
                return until == null ? null : until.toInstant();
            }
        }
    }
}
