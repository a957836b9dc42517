package io.carillon.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Loops loops = new Loops(registry);
    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    private final Loop loop = loops.vital("tested", this::round);

    @AfterEach
    void stop() {
        loop.stop();
    }

    private Duration round() throws Exception {
        rounds.incrementAndGet();
        switch (thrown.get()) {
            case Exception exception -> throw exception;
            case Error error -> throw error;
            case null, default -> {
                return LONG;
            }
        }
    }

    @Test
    void aLoopGoesOnAfterAnything() {
        thrown.set(new StackOverflowError());
        loops.start(loop);
        await().until(() -> loop.failures() == 1);
        thrown.set(new SQLException("refused"));
        await().until(() -> loop.failures() == 2);
        thrown.set(new InterruptedException("somebody's"));
        await().until(() -> loop.failures() == 3);

        thrown.set(null);

        await().until(() -> rounds.get() == 4);
        assertThat(loop.fault(Duration.ZERO, LONG)).isNull();
    }

    @Test
    void beingWokenDoesNotShortenTheBackOff() {
        thrown.set(new SQLException("read-only"));
        loops.start(loop);

        await().during(Loop.FIRST_BACKOFF.multipliedBy(4))
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> {
                            loop.wake();
                            // After 250 and 750 milliseconds; each further one comes later.
                            assertThat(rounds.get()).isLessThanOrEqualTo(3);
                        });
    }

    @Test
    void aFailingLoopSaysSinceWhenAndWhy() {
        thrown.set(new IllegalStateException("it could not", new SQLException("disk full")));
        loops.start(loop);
        await().until(() -> loop.failures() > 0);

        assertThat(loop.fault(Duration.ZERO, LONG))
                .isEqualTo("failing for 0 s: it could not: disk full");
        assertThat(loop.fault(LONG, LONG)).isNull();
        assertThat(
                        registry.get("carillon.loop.failures")
                                .tag("loop", "tested")
                                .functionCounter()
                                .count())
                .isPositive();
    }

    @Test
    void aLoopThatIsStuckInARoundSaysSo() {
        var ended = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        var stuck =
                loops.vital(
                        "stuck",
                        () -> {
                            entered.countDown();
                            ended.await();
                            return LONG;
                        });
        loops.start(stuck);
        await().until(() -> entered.getCount() == 0);

        assertThat(stuck.fault(LONG, Duration.ZERO)).isEqualTo("in one round for 0 s");

        ended.countDown();
        await().until(() -> stuck.fault(LONG, Duration.ZERO) == null);
        stuck.stop();
    }

    @Test
    void aReplicaIsNotReadyWhileALoopThatJobsDependOnFails() {
        var background = loops.background("background", this::round);
        thrown.set(new OutOfMemoryError());
        loops.start(background);
        await().until(() -> background.failures() > 0);
        var health = new LoopHealth(loops, Duration.ZERO);
        assertThat(health.call().getStatus()).isEqualTo(Status.UP);

        loops.start(loop);
        await().until(() -> loop.failures() > 0);

        var response = health.call();
        assertThat(response.getStatus()).isEqualTo(Status.DOWN);
        assertThat(String.valueOf(response.getData().orElseThrow().get("tested")))
                .startsWith("failing for");
        background.stop();
    }

    @Test
    void roundsOfAnotherThreadAreMissedWhenTheyDoNotCome() {
        var elsewhere = loops.elsewhere("elsewhere", Duration.ofMillis(20));
        loops.start(elsewhere);
        var patience = Duration.ofMillis(10);
        await().until(() -> elsewhere.fault(LONG, patience) != null);
        assertThat(elsewhere.fault(LONG, patience)).startsWith("no round for");
        assertThat(elsewhere.fault(LONG, LONG)).isNull();

        elsewhere.begin();
        elsewhere.succeeded();
        assertThat(elsewhere.fault(LONG, Duration.ofSeconds(5))).isNull();
        assertThat(elsewhere.failed(new SQLException("refused"))).isEqualTo(Loop.FIRST_BACKOFF);
        elsewhere.undecided();
        assertThat(elsewhere.fault(Duration.ZERO, LONG)).contains("refused");
        assertThat(
                        registry.get("carillon.loop.failures")
                                .tag("loop", "elsewhere")
                                .functionCounter()
                                .count())
                .isEqualTo(1);
    }
}
