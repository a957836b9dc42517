package io.carillon.database;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Estimates PostgreSQL's clock: the one clock of a replica. This machine's monotonic clock carries
 * the estimate forward, so a replica whose wall clock is an hour off, or jumps, fires neither early
 * nor late. PostgreSQL decides in SQL what is due and which lease is alive; this estimate only says
 * how long to wait before asking.
 *
 * <p>Each answer that carries the database's time is a sample whose error is at most half its round
 * trip (Cristian's algorithm, 1989). A sample replaces the current one if its round trip is not
 * longer, or if the current one is older than {@link #SAMPLE_LIFETIME_NANOS}, by which time the two
 * clocks may have drifted apart.
 */
@ApplicationScoped
public class DatabaseClock {
    private static final long SAMPLE_LIFETIME_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String NOW =
            "select (extract(epoch from clock_timestamp()) * 1000)::bigint";

    private final Database database;
    private volatile @Nullable Sample held;

    private record Sample(long databaseMillis, long nanos, long roundTripNanos) {}

    DatabaseClock(Database database) {
        this.database = database;
    }

    /**
     * Returns PostgreSQL's time, to within half a round trip. Asks the database only the first
     * time.
     */
    public Instant now() {
        return Instant.ofEpochMilli(millis());
    }

    /** {@link #now()} in milliseconds since 1970. */
    public long millis() {
        Sample sample = held;
        if (sample == null) {
            sample = ask();
        }
        return sample.databaseMillis
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sample.nanos);
    }

    /**
     * Returns what this machine's wall clock will say when PostgreSQL's says {@code
     * databaseMillis}; for code that can only wait for the wall clock.
     */
    public long wallMillisAt(long databaseMillis) {
        return System.currentTimeMillis() + databaseMillis - millis();
    }

    /**
     * Takes a sample: the database's time from an answer.
     *
     * @param sentNanos {@link System#nanoTime()} just before the statement was sent
     */
    public void observe(long databaseMillis, long sentNanos) {
        long receivedNanos = System.nanoTime();
        long roundTripNanos = receivedNanos - sentNanos;
        Sample sample = held;
        if (sample == null
                || roundTripNanos <= sample.roundTripNanos
                || receivedNanos - sample.nanos > SAMPLE_LIFETIME_NANOS) {
            held = new Sample(databaseMillis, sentNanos + roundTripNanos / 2, roundTripNanos);
        }
    }

    private Sample ask() {
        long sentNanos = System.nanoTime();
        long databaseMillis =
                database.with(
                        connection -> {
                            try (var statement = connection.prepareStatement(NOW);
                                    var row = statement.executeQuery()) {
                                row.next();
                                return row.getLong(1);
                            }
                        });
        observe(databaseMillis, sentNanos);
        return new Sample(databaseMillis, System.nanoTime(), 0);
    }
}
