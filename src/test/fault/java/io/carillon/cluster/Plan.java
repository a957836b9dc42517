package io.carillon.cluster;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a test knows of an interval job: its intervals in order, and between which two moments each
 * change of them happened. From that, which instants the ledger must account for.
 */
final class Plan {
    private final UUID jobId;
    private final Instant createdAt;
    private final List<Long> everyMillis = new ArrayList<>();
    private final List<Window> changes = new ArrayList<>();

    /** The change happened after {@code from} and not after {@code to}. */
    private record Window(Instant from, Instant to) {}

    Plan(UUID jobId, Instant createdAt, long everyMillis) {
        this.jobId = jobId;
        this.createdAt = createdAt;
        this.everyMillis.add(everyMillis);
    }

    UUID jobId() {
        return jobId;
    }

    long everyMillis() {
        return everyMillis.getLast();
    }

    void changed(long newEveryMillis, Instant from, Instant to) {
        everyMillis.add(newEveryMillis);
        changes.add(new Window(from, to));
    }

    /**
     * Compares the ledger with the plan: every instant up to {@code until} once, and no other.
     *
     * @return what is wrong; empty when nothing is
     */
    String check(List<Ledger.Row> rows, Instant until) {
        var accounted = accounted(rows);
        for (int index = 1; index < accounted.size(); index++) {
            if (!accounted.get(index).isAfter(accounted.get(index - 1))) {
                return jobId + ": " + accounted.get(index) + " is accounted for twice";
            }
        }
        var cuts = new ArrayList<Instant>();
        if (fits(accounted, cuts, until)) {
            return "";
        }
        return jobId
                + " every "
                + everyMillis
                + " from "
                + createdAt
                + " changed in "
                + changes
                + " up to "
                + until
                + ": the ledger has "
                + accounted
                + (changes.isEmpty() ? ", planned were " + planned(List.of(), until) : "");
    }

    /** Tries each moment in a change's window at which it can have happened; few matter. */
    private boolean fits(List<Instant> accounted, List<Instant> cuts, Instant until) {
        if (cuts.size() == changes.size()) {
            return planned(cuts, until).equals(accounted);
        }
        var window = changes.get(cuts.size());
        var candidates = new ArrayList<Instant>();
        candidates.add(window.from);
        for (int segment = cuts.size(); segment <= cuts.size() + 1; segment++) {
            candidates.addAll(instants(everyMillis.get(segment), window.from, window.to));
        }
        candidates.sort(null);
        for (var cut : candidates) {
            cuts.add(cut);
            if (matchesUpTo(accounted, cuts, window.to) && fits(accounted, cuts, until)) {
                return true;
            }
            cuts.removeLast();
        }
        return false;
    }

    private boolean matchesUpTo(List<Instant> accounted, List<Instant> cuts, Instant until) {
        var prefix = accounted.stream().filter(instant -> !instant.isAfter(until)).toList();
        return planned(cuts, until).equals(prefix);
    }

    private List<Instant> planned(List<Instant> cuts, Instant until) {
        var planned = new ArrayList<Instant>();
        var from = createdAt;
        for (int segment = 0; segment <= cuts.size(); segment++) {
            var to =
                    segment < cuts.size() && cuts.get(segment).isBefore(until)
                            ? cuts.get(segment)
                            : until;
            planned.addAll(instants(everyMillis.get(segment), from, to));
            from = to;
        }
        return planned;
    }

    /** The interval's instants after {@code from}, up to and with {@code to}. */
    private List<Instant> instants(long every, Instant from, Instant to) {
        var instants = new ArrayList<Instant>();
        long first = Math.max(1, (from.toEpochMilli() - createdAt.toEpochMilli()) / every);
        for (var instant = createdAt.plusMillis(first * every);
                !instant.isAfter(to);
                instant = instant.plusMillis(every)) {
            if (instant.isAfter(from)) {
                instants.add(instant);
            }
        }
        return instants;
    }

    /**
     * A skipped range is of one interval: the one that divides it into as many instants as it
     * counts.
     */
    private static List<Instant> accounted(List<Ledger.Row> rows) {
        var instants = new ArrayList<Instant>();
        for (var row : rows) {
            long length = row.skippedUntil().toEpochMilli() - row.scheduledAt().toEpochMilli();
            long every = row.skippedCount() > 1 ? length / (row.skippedCount() - 1) : 1;
            instants.addAll(Ledger.accounted(List.of(row), every));
        }
        return instants;
    }
}
