package io.carillon.alert;

import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts rules to and from their rows. */
@ApplicationScoped
class RuleMapping {
    private final Json json;

    RuleMapping(Json json) {
        this.json = json;
    }

    /** Sets the parameters of a definition; returns the index of the next parameter. */
    int set(PreparedStatement statement, RuleDefinition definition) throws SQLException {
        int next = 1;
        statement.setString(next++, definition.title());
        statement.setBoolean(next++, definition.isEnabled());
        statement.setObject(next++, definition.jobId());
        statement.setString(next++, textOf(definition.labels()));
        statement.setInt(next++, definition.failures());
        statement.setBoolean(next++, definition.tellsEach());
        statement.setObject(next++, millis(definition.noSuccessFor()));
        statement.setObject(next++, millis(definition.lateBy()));
        statement.setObject(next++, millis(definition.runsLongerThan()));
        statement.setObject(next++, millis(definition.unfinishedAfter()));
        statement.setBoolean(next++, definition.tellsSkipped());
        statement.setBoolean(next++, definition.tellsNotPlanned());
        var queue = definition.queue();
        statement.setString(next++, queue == null ? null : queue.name());
        statement.setObject(next++, queue == null ? null : queue.deeperThan());
        statement.setObject(next++, queue == null ? null : millis(queue.olderThan()));
        statement.setObject(next++, queue == null ? null : millis(queue.lasting()));
        statement.setString(
                next++, definition.lostWorkers() == null ? null : definition.lostWorkers().name());
        statement.setBoolean(next++, definition.tellsRecovered());
        statement.setObject(
                next++,
                definition.mutedUntil() == null
                        ? null
                        : definition.mutedUntil().atOffset(ZoneOffset.UTC));
        statement.setString(next++, definition.quietDuring());
        statement.setObject(next++, definition.maxPerDay());
        statement.setString(next++, textOf(definition.webhook()));
        statement.setString(next++, textOf(definition.mail()));
        statement.setObject(next++, definition.runJobId());
        return next;
    }

    private @Nullable String textOf(@Nullable Object value) {
        return value == null ? null : json.text(value);
    }

    /** Reads the rules that a query of whole rows finds. */
    List<RuleView> read(PreparedStatement statement) throws SQLException {
        var rules = new ArrayList<RuleView>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                rules.add(ruleOf(row));
            }
        }
        return rules;
    }

    private RuleView ruleOf(ResultSet row) throws SQLException {
        return new RuleView(
                row.getObject("id", UUID.class),
                row.getLong("version"),
                row.getString("namespace"),
                row.getString("name"),
                row.getBoolean("enabled"),
                row.getObject("job_id", UUID.class),
                labels(row.getString("labels")),
                row.getInt("failures"),
                row.getBoolean("tell_each"),
                duration(row, "no_success_for_ms"),
                duration(row, "late_by_ms"),
                duration(row, "runs_longer_than_ms"),
                duration(row, "unfinished_ms"),
                row.getBoolean("tell_skipped"),
                row.getBoolean("tell_not_planned"),
                queue(row),
                lostWorkers(row),
                row.getBoolean("tell_recovered"),
                instant(row, "muted_until"),
                row.getString("quiet_during"),
                row.getObject("max_per_day", Integer.class),
                stored(row.getString("webhook"), Webhook.class),
                stored(row.getString("mail"), Mail.class),
                row.getObject("run_job_id", UUID.class),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    private static @Nullable QueueCondition queue(ResultSet row) throws SQLException {
        Long depth = row.getObject("queue_depth", Long.class);
        var age = duration(row, "queue_age_ms");
        return depth == null && age == null
                ? null
                : new QueueCondition(
                        row.getString("queue_name"), depth, age, duration(row, "queue_lasting_ms"));
    }

    /** Null also if this version does not know the word, as {@link #stored}. */
    private static @Nullable LostWorkers lostWorkers(ResultSet row) throws SQLException {
        String stored = row.getString("lost_workers");
        for (var each : LostWorkers.values()) {
            if (each.name().equals(stored)) {
                return each;
            }
        }
        return null;
    }

    /** Null also if this version cannot read it, so that one such rule does not stop others. */
    private <T> @Nullable T stored(@Nullable String text, Class<T> type) {
        try {
            return text == null ? null : json.stored(text, type);
        } catch (IllegalStateException | IllegalArgumentException unreadable) {
            return null;
        }
    }

    private @Nullable Map<String, String> labels(@Nullable String stored) {
        if (stored == null) {
            return null;
        }
        var labels = new HashMap<String, String>();
        json.tree(stored)
                .properties()
                .forEach(each -> labels.put(each.getKey(), each.getValue().asText()));
        return labels;
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    private static @Nullable Duration duration(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Duration.ofMillis(millis);
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
