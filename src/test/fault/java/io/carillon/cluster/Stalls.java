package io.carillon.cluster;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * When this machine stood still: a trivial query that is due every few milliseconds was answered
 * later. On a machine with nothing else to do there is next to none of it, so what it excuses is
 * the machine's and not the service's.
 */
final class Stalls implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(20);

    private final Ledger clock;
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final Queue<Stall> stalls = new ConcurrentLinkedQueue<>();
    private Instant answeredAt;

    private record Stall(Instant from, Instant to) {
        Duration between(Instant earliest, Instant latest) {
            var overlap =
                    Duration.between(
                            from.isAfter(earliest) ? from : earliest,
                            to.isBefore(latest) ? to : latest);
            return overlap.isNegative() ? Duration.ZERO : overlap;
        }
    }

    Stalls(TestPostgres postgres) throws SQLException {
        clock = new Ledger(postgres);
        answeredAt = clock.now();
        var _ =
                pace.scheduleWithFixedDelay(
                        this::look, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** For how long in all it stood still between two moments of PostgreSQL's clock. */
    Duration between(Instant earliest, Instant latest) {
        return stalls.stream()
                .map(stall -> stall.between(earliest, latest))
                .reduce(Duration.ZERO, Duration::plus);
    }

    Duration longest() {
        return stalls.stream()
                .map(stall -> Duration.between(stall.from, stall.to))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private void look() {
        try {
            var now = clock.now();
            var dueAt = answeredAt.plus(PERIOD);
            if (now.isAfter(dueAt)) {
                stalls.add(new Stall(dueAt, now));
            }
            answeredAt = now;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() throws SQLException {
        pace.close();
        clock.close();
    }
}
