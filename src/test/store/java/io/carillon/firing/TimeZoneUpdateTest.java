package io.carillon.firing;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.TimeZoneData;
import io.carillon.support.Jobs;
import io.carillon.support.Past;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Next fire times as other rules would have planned them: an hour off. */
@QuarkusTest
@TestProfile(StillReplica.class)
class TimeZoneUpdateTest {
    private static final String OLDER = "0000a";
    private static final String NEWER = "9999z";

    @Inject TimeZoneUpdate update;
    @Inject DataSource dataSource;

    private Past past;

    @BeforeEach
    void onlyThisVersionIsKnown() throws SQLException {
        past = new Past(dataSource);
        past.rows().change("delete from tzdata where version in (?, ?)", OLDER, NEWER);
        update.runOnce();
        assertThat(update.runOnce()).isZero();
    }

    @Test
    void aTriggerThatOtherRulesPlannedMoves() throws SQLException {
        var job = zonedJob();
        var right = nextFireTime(job);
        moveTo(job, right.plus(Duration.ofHours(1)));
        assertThat(update.runOnce()).as("no other version has been in use").isZero();
        inUse(OLDER, Duration.ZERO);

        assertThat(update.runOnce()).isEqualTo(1);

        assertThat(nextFireTime(job)).isEqualTo(right);
        assertThat(
                        past.rows()
                                .texts(
                                        "select details ->> 'moved', details ->> 'tzdata' from audit"
                                                + " where action = 'TRIGGERS_MOVED' order by id desc limit 1"))
                .containsExactly("1 " + TimeZoneData.version());
    }

    @Test
    void aPausedTriggerMovesAndStaysPaused() throws SQLException {
        var job = zonedJob();
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        var right = nextFireTime(job);
        moveTo(job, right.plus(Duration.ofHours(1)));
        inUse(OLDER, Duration.ZERO);

        assertThat(update.runOnce()).isEqualTo(1);

        assertThat(nextFireTime(job)).isEqualTo(right);
        assertThat(
                        past.rows()
                                .texts(
                                        "select trigger_state from qrtz_triggers where trigger_name = ?",
                                        job.toString()))
                .containsExactly("PAUSED");
    }

    @Test
    void triggersAreLeftToNewerRulesAsLongAsTheseAreInUse() throws SQLException {
        var job = zonedJob();
        var right = nextFireTime(job);
        moveTo(job, right.plus(Duration.ofHours(1)));
        inUse(NEWER, Duration.ZERO);

        assertThat(update.runOnce()).isZero();

        inUse(NEWER, Duration.ofMinutes(11));
        past.rows()
                .change(
                        "update tzdata set reconciled_at = null where version = ?",
                        TimeZoneData.version());
        assertThat(update.runOnce()).as("the newer rules were rolled back").isEqualTo(1);
        assertThat(nextFireTime(job)).isEqualTo(right);
    }

    @Test
    void anInstantThatTheNewRulesHavePassedIsDueAtOnce() throws SQLException {
        var job =
                Jobs.create(
                        Map.of(
                                "schedule",
                                Map.of("cron", "0 * * * *", "timeZone", "Europe/Paris")));
        past.rows()
                .change(
                        "update job set created_at = ?::timestamptz, updated_at = ?::timestamptz where id = ?",
                        past.hour().minusSeconds(60).toString(),
                        past.hour().minusSeconds(60).toString(),
                        job);
        moveTo(job, past.hour().plus(Duration.ofMinutes(90)));
        inUse(OLDER, Duration.ZERO);

        assertThat(update.runOnce()).isEqualTo(1);

        assertThat(nextFireTime(job)).isEqualTo(past.hour());
    }

    private static UUID zonedJob() {
        return Jobs.create(
                Map.of("schedule", Map.of("cron", "0 9 * * *", "timeZone", "Europe/Paris")));
    }

    private void inUse(String version, Duration ago) throws SQLException {
        past.rows()
                .change(
                        """
                        insert into tzdata (version, last_used_at)
                        values (?, clock_timestamp() - ? * interval '1 second')
                        on conflict (version) do update set last_used_at = excluded.last_used_at
                        """,
                        version,
                        ago.toSeconds());
    }

    private void moveTo(UUID job, Instant next) throws SQLException {
        past.rows()
                .change(
                        "update qrtz_triggers set next_fire_time = ? where trigger_name = ?",
                        next.toEpochMilli(),
                        job.toString());
    }

    private Instant nextFireTime(UUID job) throws SQLException {
        return Instant.ofEpochMilli(
                past.rows()
                        .number(
                                "select next_fire_time from qrtz_triggers where trigger_name = ?",
                                job.toString()));
    }
}
