package io.carillon.support;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/** Gives jobs of a still replica a past, which the service then finds. */
public final class Past {
    private final Rows rows;

    public Past(DataSource dataSource) {
        this.rows = new Rows(dataSource);
    }

    public Rows rows() {
        return rows;
    }

    /** The present hour's beginning, by PostgreSQL's clock. */
    public Instant hour() throws SQLException {
        return Instant.ofEpochMilli(rows.number("select epoch_millis(clock_timestamp())"))
                .truncatedTo(ChronoUnit.HOURS);
    }

    /** A job on the hour that was created, with its first version, so long before the hour. */
    public UUID hourlyJobFrom(Duration ago, Map<String, ?> more) throws SQLException {
        var settings = new java.util.HashMap<String, Object>(more);
        settings.put("schedule", Map.of("cron", "0 * * * *"));
        var job = Jobs.create(settings);
        // Half an hour off, so that no planned instant is its creation.
        rows.change(
                "update job set created_at = ?::timestamptz, updated_at = ?::timestamptz where id = ?",
                hour().minus(ago).minus(Duration.ofMinutes(30)).toString(),
                hour().minus(ago).minus(Duration.ofMinutes(30)).toString(),
                job);
        return job;
    }

    /** Puts the beginning of the version in force so long before the hour, less half an hour. */
    public void versionFrom(UUID job, Duration ago) throws SQLException {
        rows.change(
                "update job set updated_at = ?::timestamptz where id = ?",
                hour().minus(ago).minus(Duration.ofMinutes(30)).toString(),
                job);
    }

    /** Has the trigger stand so long before the hour: nothing since has been fired. */
    public void nothingFiredFor(UUID job, Duration ago) throws SQLException {
        rows.change(
                "update qrtz_triggers set next_fire_time = ? where trigger_name = ?",
                hour().minus(ago).toEpochMilli(),
                job.toString());
    }

    /** Fires what is due of a job, as any change of it does first. */
    public static void settle(UUID job) {
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        Jobs.post(job + "/resume", Map.of()).then().statusCode(200);
    }

    /** Planned instant, state, reason and count of a job's rows. */
    public List<String> ledger(UUID job) throws SQLException {
        return rows.texts(
                """
                select to_char(scheduled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), state, origin, reason,
                       skipped_count
                from execution where job_id = ? order by scheduled_at
                """,
                job);
    }
}
