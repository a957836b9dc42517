package io.carillon.execution.ledger;

import io.carillon.database.SqlFailures;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps one bad row from stopping others: if PostgreSQL refuses a batch because of a row, the batch
 * is repeated one row at a time, and refused rows are passed over until the next batch. A metric
 * counts them, and the log reports them once a minute.
 */
@ApplicationScoped
public class RowByRow {
    /** How long a loop pauses before it tries a refused row again. */
    public static final Duration PAUSE = Duration.ofSeconds(1);

    /**
     * How many refused rows are tried again in each round; the rest waits until somebody repairs
     * these.
     */
    private static final int MAX_REFUSED = 100;

    private static final Duration SAY_AGAIN = Duration.ofMinutes(1);

    private final MeterRegistry registry;
    private final Map<String, Long> saidNanos = new ConcurrentHashMap<>();

    RowByRow(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Changes rows in its own transaction. */
    public interface Batch {
        /**
         * @param limit how many rows at most
         * @param offset how many rows to pass over, in a stable order
         * @return how many rows it took
         */
        public int take(int limit, int offset);
    }

    /** The result of a round; {@code refused} rows are unchanged. */
    public record Taken(int rows, int refused) {}

    /**
     * Takes up to {@code limit} rows.
     *
     * @param rows what they are, for the log and the metric
     */
    public Taken take(String rows, int limit, Batch batch) {
        try {
            return new Taken(batch.take(limit, 0), 0);
        } catch (RuntimeException | StackOverflowError failure) {
            if (!SqlFailures.isOfRow(failure)) {
                throw failure;
            }
        }
        int taken = 0;
        int refused = 0;
        String why = "";
        while (taken < limit && refused < MAX_REFUSED) {
            try {
                int more = batch.take(1, refused);
                if (more == 0) {
                    break;
                }
                taken += more;
            } catch (RuntimeException | StackOverflowError failure) {
                if (!SqlFailures.isOfRow(failure)) {
                    throw failure;
                }
                why = SqlFailures.message(failure);
                refused++;
            }
        }
        if (refused > 0) {
            tell(rows, refused, why);
        }
        return new Taken(taken, refused);
    }

    private void tell(String rows, int refused, String why) {
        registry.counter("carillon.rows.refused", "rows", rows).increment(refused);
        long now = System.nanoTime();
        var before = saidNanos.get(rows);
        if (before == null || now - before >= SAY_AGAIN.toNanos()) {
            saidNanos.put(rows, now);
            Log.warnf("%s refused count=%d, the others went on: %s", rows, refused, why);
        }
    }
}
