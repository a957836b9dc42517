package io.carillon.firing;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.database.DatabaseClock;
import io.carillon.support.Jobs;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rounds as Quartz's thread has them done, with rows that cannot be fired among those that can. */
@QuarkusTest
@TestProfile(StillReplica.class)
class FiringRoundsTest {
    @Inject FiringRounds rounds;
    @Inject SetAside setAside;
    @Inject DatabaseClock clock;
    @Inject DataSource dataSource;

    private Rows rows;

    @BeforeEach
    void nothingIsDue() throws SQLException {
        rows = new Rows(dataSource);
        rows.change(
                "update qrtz_triggers set trigger_state = 'COMPLETE', next_fire_time = null where sched_name = 'carillon'");
        setAside.names().forEach(setAside::remove);
        rounds.fire();
        assertThat(rounds.next()).isNull();
    }

    @AfterEach
    void noPoison() throws SQLException {
        rows.change("delete from qrtz_triggers where trigger_name = 'not-a-job'");
        rows.change("drop trigger if exists refused on execution");
        setAside.names().forEach(setAside::remove);
    }

    @Test
    void whatCannotBeFiredIsSetAsideAndHoldsUpNoOther() throws Exception {
        var unreadable = Jobs.create();
        var refused = Jobs.create();
        var sound = new ArrayList<UUID>();
        for (int index = 0; index < 20; index++) {
            sound.add(Jobs.create());
        }
        rows.change("update job set schedule = '{\"cron\": {}}' where id = ?", unreadable);
        refuseExecutionsOf(refused);
        rows.change(
                """
                insert into qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group,
                                           next_fire_time, trigger_state, trigger_type, start_time)
                values ('carillon', 'not-a-job', 'default', 'fire', 'carillon', 0, 'WAITING', 'CARILLON', 0)
                """);
        makeDue("true");

        rounds.fire();

        for (var job : sound) {
            assertThat(fired(job)).isEqualTo(1);
        }
        assertThat(setAside.names())
                .containsExactlyInAnyOrder(unreadable.toString(), refused.toString(), "not-a-job");
        assertThat(fault(unreadable)).contains("schedule");
        assertThat(fault(refused)).contains("refused by the test");

        rows.change("update job set schedule = '{\"every\": \"PT1H\"}' where id = ?", unreadable);
        rows.change("drop trigger refused on execution");
        await().until(
                        () -> {
                            rounds.changed(Instant.MIN);
                            rounds.fire();
                            return fired(unreadable) == 1 && fired(refused) == 1;
                        });
        assertThat(setAside.names()).containsExactly("not-a-job");
    }

    @Test
    void whatSomebodyHoldsIsTriedAgainAfterPausesThatGrowAndDelayNothingElse() throws Exception {
        var held = Jobs.create();
        var later = Jobs.create();
        try (var holder = hold("qrtz_triggers where trigger_name = ? for key share", held)) {
            makeDue("trigger_name = '%s'".formatted(held));
            var pauses = new ArrayList<Duration>();
            for (int round = 0; round < 6; round++) {
                rounds.fire();
                var now = clock.now();
                pauses.add(Duration.between(now, rounds.next()));
            }
            assertThat(fired(held)).isZero();
            assertThat(pauses.getFirst()).isBetween(Duration.ofMillis(20), Duration.ofSeconds(1));
            assertThat(pauses.getLast())
                    .isGreaterThan(pauses.getFirst().plusMillis(1000))
                    .isLessThan(Duration.ofSeconds(5));

            long soon = clock.millis() + 100;
            rows.change(
                    "update qrtz_triggers set next_fire_time = ?, trigger_state = 'WAITING' where trigger_name = ?",
                    soon,
                    later.toString());
            assertThat(rounds.next()).as("another trigger").isEqualTo(Instant.ofEpochMilli(soon));
            holder.rollback();
        }
        await().until(
                        () -> {
                            var next = rounds.next();
                            return next != null && !next.isAfter(clock.now());
                        });
        rounds.fire();
        assertThat(fired(held)).isEqualTo(1);
    }

    /** With a full batch of them there would be no room for what can be fired. */
    @Test
    void jobsWhoseExecutionsAreChangingHoldUpNoOther() throws Exception {
        var busy = Jobs.create(Map.of("overlap", "QUEUE_ONE"));
        var sound = Jobs.create();
        makeDue("trigger_name = '%s'".formatted(busy));
        rounds.fire();
        assertThat(fired(busy)).isEqualTo(1);
        try (var holder = hold("execution where job_id::text = ? for no key update", busy)) {
            makeDue("true");

            rounds.fire();

            assertThat(fired(busy)).isEqualTo(1);
            assertThat(fired(sound)).isEqualTo(1);
            var now = clock.now();
            assertThat(rounds.next()).as("a pause").isAfter(now);
            holder.rollback();
        }
        rounds.fire();
        assertThat(fired(busy)).isEqualTo(2);
    }

    private Connection hold(String what, UUID job) throws SQLException {
        var connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        try (var lock = connection.prepareStatement("select 1 from " + what)) {
            lock.setString(1, job.toString());
            lock.execute();
        }
        return connection;
    }

    private void makeDue(String which) throws SQLException {
        rows.change(
                "update qrtz_triggers set next_fire_time = epoch_millis(clock_timestamp()) - 5"
                        + " where trigger_state = 'WAITING' and "
                        + which);
    }

    private void refuseExecutionsOf(UUID job) throws SQLException {
        rows.change(
                """
                create or replace function refuse() returns trigger language plpgsql as
                $$ begin raise exception 'refused by the test'; end $$
                """);
        rows.change(
                "create trigger refused before insert on execution for each row when (new.job_id = '%s')"
                                .formatted(job)
                        + " execute function refuse()");
    }

    private static String fault(UUID job) {
        return given().get("/api/v1/jobs/" + job).then().statusCode(200).extract().path("fault");
    }

    private long fired(UUID job) throws SQLException {
        return rows.number("select count(*) from execution where job_id = ?", job);
    }
}
