package io.carillon.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.DatabaseClock;
import io.carillon.replica.Loops;
import io.carillon.support.LoggedLines;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.arc.ClientProxy;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Duties of the test's own, in the real table. */
@QuarkusTest
@TestProfile(StillReplica.class)
class HousekeepingTest {
    private static final Instant DUE = Instant.parse("2026-11-26T12:00:00Z");
    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final long UP_FOR_AN_HOUR = Duration.ofHours(1).toNanos();

    @Inject @All List<Duty> duties;
    @Inject DutyStore store;
    @Inject DatabaseClock clock;
    @Inject Loops loops;
    @Inject DataSource dataSource;

    private record Work(String name, Runnable work) implements Duty {
        @Override
        public Duration period() {
            return PERIOD;
        }

        @Override
        public void run() {
            work.run();
        }
    }

    private record Fixture(
            Housekeeping housekeeping, DutyWatch watch, SimpleMeterRegistry registry) {}

    private Fixture with(Duty... some) {
        var housekeeping = new Housekeeping(List.of(some), store, loops);
        var watch =
                new DutyWatch(
                        housekeeping, store, clock, loops, System.nanoTime() - UP_FOR_AN_HOUR);
        var registry = new SimpleMeterRegistry();
        var unused = new DutyMetrics(housekeeping, watch, clock, registry);
        return new Fixture(housekeeping, watch, registry);
    }

    @AfterEach
    void nothingIsLeft() throws SQLException {
        rows().change("delete from housekeeping where duty like 'test-%'");
        rows().change("delete from qrtz_simple_triggers where trigger_name like 'test-%'");
        rows().change("delete from qrtz_triggers where job_name like 'test-%'");
        rows().change("delete from qrtz_job_details where job_name like 'test-%'");
    }

    @Test
    void everyDutyIsScheduledUnderItsNameAtItsPeriod() {
        assertThat(duties).hasSizeGreaterThan(5);
        for (var duty : duties) {
            var scheduled =
                    Arrays.stream(ClientProxy.unwrap(duty).getClass().getDeclaredMethods())
                            .filter(method -> method.isAnnotationPresent(Scheduled.class))
                            .map(method -> method.getAnnotation(Scheduled.class))
                            .toList();

            assertThat(scheduled).as(duty.name()).hasSize(1);
            assertThat(scheduled.getFirst().identity()).isEqualTo(duty.name());
            assertThat(period(scheduled.getFirst().every()))
                    .as(duty.name())
                    .isEqualTo(duty.period());
        }
    }

    private static Duration period(String every) {
        return DurationConverter.parseDuration(
                every.startsWith("${")
                        ? ConfigProvider.getConfig()
                                .getValue(every.substring(2, every.length() - 1), String.class)
                        : every);
    }

    @Test
    void whatIsDoneIsStoredWithWhenItWasDueAndWhere() throws SQLException {
        var duty = new Work("test-good", () -> {});
        var fixture = with(duty);

        fixture.housekeeping.fulfil(duty, DUE);

        assertThat(
                        rows().texts(
                                        "select extract(epoch from due_at)::bigint, started_at <= succeeded_at, error is null,"
                                                + " node like '%:' || ? from housekeeping where duty = 'test-good'",
                                        Long.toString(ProcessHandle.current().pid())))
                .containsExactly(DUE.getEpochSecond() + " t t t");
        assertThat(fixture.watch.runOnce()).isEmpty();
        assertThat(fixture.housekeeping.doneAt("test-good")).isPresent();
    }

    @Test
    void whateverADutyThrowsIsALineAndCountedAndStopsNeitherItNorOthers() throws SQLException {
        var times = new AtomicInteger();
        var poison =
                new Work(
                        "test-poison",
                        () -> {
                            if (times.incrementAndGet() < 4) {
                                throw new IllegalStateException("poisoned by the test");
                            }
                        });
        var other = new Work("test-good", () -> {});
        var fixture = with(poison, other);
        try (var lines = LoggedLines.ofWarnings()) {
            for (int round = 0; round < 3; round++) {
                fixture.housekeeping.fulfil(poison, DUE);
                fixture.housekeeping.fulfil(other, DUE);
            }

            assertThat(lines.all())
                    .singleElement()
                    .asString()
                    .endsWith("test-poison failed, trying again: poisoned by the test");
            assertThat(lines.withStackTrace()).isEmpty();
        }
        assertThat(failures(fixture, "test-poison")).isEqualTo(3);
        assertThat(failures(fixture, "test-good")).isZero();
        assertThat(error("test-poison")).containsExactly("poisoned by the test");
        assertThat(fixture.watch.runOnce()).isEmpty();
        assertThat(fixture.housekeeping.doneAt("test-poison")).isEmpty();
        assertThat(fixture.housekeeping.doneAt("test-good")).isPresent();

        fixture.housekeeping.fulfil(poison, DUE);

        assertThat(error("test-poison")).containsExactly("null");
        assertThat(fixture.watch.runOnce()).isEmpty();
        assertThat(fixture.housekeeping.doneAt("test-poison")).isPresent();
    }

    @Test
    void anErrorDoesNotGetThroughEither() {
        var poison =
                new Work(
                        "test-poison",
                        () -> {
                            throw new StackOverflowError("of the test");
                        });
        var fixture = with(poison);

        fixture.housekeeping.fulfil(poison, DUE);

        assertThat(failures(fixture, "test-poison")).isEqualTo(1);
    }

    @Test
    void whatIsOverdueIsInTheMetricTheHealthDocumentAndOneLineAndTheReplicaStaysReady()
            throws SQLException {
        var late =
                new Work(
                        "test-late",
                        () -> {
                            throw new IllegalStateException("no room");
                        });
        var good = new Work("test-good", () -> {});
        var fixture = with(late, good);
        fixture.housekeeping.fulfil(good, DUE);
        fixture.housekeeping.fulfil(late, DUE);
        rows().change(
                        "update housekeeping set succeeded_at = clock_timestamp() - interval '2 hours'"
                                + " where duty = 'test-late'");
        try (var lines = LoggedLines.ofWarnings()) {
            assertThat(fixture.watch.runOnce()).containsExactly("test-late");
            assertThat(fixture.watch.runOnce()).containsExactly("test-late");

            assertThat(lines.all())
                    .singleElement()
                    .asString()
                    .contains("housekeeping overdue duty=test-late");
        }
        var health = new DutyHealth(fixture.housekeeping, fixture.watch).call();
        assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(health.getData().orElseThrow())
                .containsEntry("test-good", "ok")
                .hasEntrySatisfying(
                        "test-late",
                        told ->
                                assertThat(told.toString())
                                        .contains("not done for 72", "every 600 s", "no room"));
        assertThat(gauge(fixture, "carillon.housekeeping.overdue", "test-late")).isEqualTo(1);
        assertThat(gauge(fixture, "carillon.housekeeping.overdue", "test-good")).isZero();
        assertThat(age(fixture, "test-late")).isBetween(7200.0, 7300.0);
        assertThat(age(fixture, "test-good")).isBetween(0.0, 100.0);

        rows().change(
                        "update housekeeping set succeeded_at = clock_timestamp() where duty = 'test-late'");

        assertThat(fixture.watch.runOnce()).isEmpty();
        assertThat(gauge(fixture, "carillon.housekeeping.overdue", "test-late")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theTriggerOfADutyThatNoReplicaHasKnownForAnHourIsRemovedAndNoOther(boolean isKnown)
            throws SQLException {
        var mine = new Work("test-mine", () -> {});
        addTrigger("test-mine");
        addTrigger("test-other");
        rows().change(
                        "insert into housekeeping (duty, known_at) values ('test-other',"
                                + " clock_timestamp() - ? * interval '1 minute')",
                        isKnown ? 59 : 61);

        assertThat(with(mine).watch.runOnce()).isEmpty();

        assertThat(triggers()).containsExactlyElementsOf(expected(isKnown));
        assertThat(jobs()).containsExactlyElementsOf(expected(isKnown));
    }

    private static List<String> expected(boolean isKnown) {
        return isKnown ? List.of("test-mine", "test-other") : List.of("test-mine");
    }

    @Test
    void aTriggerThatAHandHasStoppedIsRemovedSoThatTheNextStartMakesItAnew() throws SQLException {
        var mine = new Work("test-mine", () -> {});
        addTrigger("test-mine");
        rows().change(
                        "update qrtz_triggers set next_fire_time = null where job_name = 'test-mine'");

        assertThat(with(mine).watch.runOnce()).isEmpty();

        assertThat(triggers()).isEmpty();
        assertThat(rows().texts("select duty from housekeeping where duty like 'test-%'"))
                .containsExactly("test-mine");
    }

    /** As Quartz stores one. */
    private void addTrigger(String name) throws SQLException {
        rows().change(
                        """
                        insert into qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable,
                                                      is_nonconcurrent, is_update_data, requests_recovery)
                        values ('carillon-housekeeping', ?, 'group', 'Job', false, true, false, true)
                        """,
                        name);
        rows().change(
                        """
                        insert into qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group,
                                                   next_fire_time, trigger_state, trigger_type, start_time)
                        values ('carillon-housekeeping', ?, 'group', ?, 'group', 1, 'WAITING', 'SIMPLE', 0)
                        """,
                        name,
                        name);
        rows().change(
                        """
                        insert into qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count,
                                                          repeat_interval, times_triggered)
                        values ('carillon-housekeeping', ?, 'group', -1, 1000, 0)
                        """,
                        name);
    }

    private List<String> triggers() throws SQLException {
        return rows().texts(
                        "select trigger_name from qrtz_triggers where trigger_name like 'test-%' order by 1");
    }

    private List<String> jobs() throws SQLException {
        return rows().texts(
                        "select job_name from qrtz_job_details where job_name like 'test-%' order by 1");
    }

    private List<String> error(String duty) throws SQLException {
        return rows().texts("select error from housekeeping where duty = ?", duty);
    }

    private static double failures(Fixture fixture, String duty) {
        return fixture.registry
                .get("carillon.housekeeping.failures")
                .tag("duty", duty)
                .functionCounter()
                .count();
    }

    private static double gauge(Fixture fixture, String name, String duty) {
        return fixture.registry.get(name).tag("duty", duty).gauge().value();
    }

    private static double age(Fixture fixture, String duty) {
        return fixture.registry
                .get("carillon.housekeeping.age")
                .tag("duty", duty)
                .timeGauge()
                .value(java.util.concurrent.TimeUnit.SECONDS);
    }

    private Rows rows() {
        return new Rows(dataSource);
    }
}
