package io.carillon.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it was asked for.
 *
 * @param every null: it has no schedule
 * @param overlap as the API calls it
 * @param mustRun no instant of it may be skipped: nothing in its policies permits that
 * @param after the name of the job that it follows
 * @param on how that has to end, as the API calls it
 */
record Plan(
        String name,
        @Nullable Duration every,
        Instant startAt,
        Instant endAt,
        String overlap,
        boolean mustRun,
        @Nullable String after,
        @Nullable String on) {

    /** What is planned of it after {@code createdAt}, in order. */
    List<Instant> instants(Instant createdAt) {
        var instants = new ArrayList<Instant>();
        if (every != null) {
            for (var instant = startAt; !instant.isAfter(endAt); instant = instant.plus(every)) {
                if (instant.isAfter(createdAt)) {
                    instants.add(instant);
                }
            }
        }
        return instants;
    }
}
