package io.carillon.chaos;

import io.carillon.chaos.Ledger.Execution;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Made-up ledgers and notes, in which all is right until a test changes something. */
final class Evidence {
    static final Instant START = Instant.parse("2026-11-27T06:00:00Z");

    final List<Plan> plans = new ArrayList<>();
    final List<Submission> submissions = new ArrayList<>();
    final List<Ledger.Job> jobs = new ArrayList<>();
    final List<Execution> executions = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();
    final List<String> left = new ArrayList<>();
    final Set<String> unreadable = new HashSet<>();
    final List<String> unready = new ArrayList<>();

    /** Of one trigger of another scheduler. */
    long untouched = 1;

    /** A row that can be changed before it is added. */
    static final class Row {
        UUID id = UUID.randomUUID();
        @Nullable String job;
        @Nullable String called;
        Instant scheduledAt = START;
        String state = "SUCCEEDED";
        String origin = "SCHEDULE";
        String delivery = "AT_LEAST_ONCE";
        int attempt = 1;
        long epoch = 1;
        Instant createdAt = START;
        @Nullable Instant startedAt = START.plusMillis(10);
        @Nullable Instant finishedAt = START.plusMillis(50);
        @Nullable String reason;
        @Nullable Instant skippedUntil;
        long skippedCount;
        List<UUID> dependsOn = List.of();
        String onDependencyFailure = "CANCEL";
        @Nullable UUID causedBy;

        Row skipped(@Nullable String why) {
            state = "SKIPPED";
            reason = why;
            startedAt = null;
            skippedCount = 1;
            skippedUntil = scheduledAt;
            return this;
        }

        /** It starts so long after {@link #START} and takes a tenth of a second. */
        Row startedAfter(Duration delay) {
            startedAt = START.plus(delay);
            finishedAt = startedAt.plusMillis(100);
            return this;
        }
    }

    /** A job every second, with three planned instants: one, two and three seconds after start. */
    Plan bell() {
        return job(
                new Plan(
                        "bell",
                        Duration.ofSeconds(1),
                        START.plusSeconds(1),
                        START.plusSeconds(3),
                        "ALLOW",
                        true,
                        null,
                        null));
    }

    Plan job(Plan plan) {
        plans.add(plan);
        jobs.add(new Ledger.Job(UUID.randomUUID(), plan.name(), START));
        return plan;
    }

    /** The row of the job's n-th planned instant, executed at once. */
    Row fired(String job, int second) {
        var row = new Row();
        row.job = job;
        row.scheduledAt = START.plusSeconds(second);
        row.createdAt = row.scheduledAt.plusMillis(5);
        return row.startedAfter(Duration.ofSeconds(second).plusMillis(10));
    }

    Row submitted(String name) {
        var row = new Row();
        row.called = name;
        row.origin = "SUBMIT";
        return row;
    }

    void accepted(Row row, String... causes) {
        submissions.add(
                new Submission(
                        String.valueOf(row.called),
                        null,
                        List.of(causes),
                        Submission.Answer.ACCEPTED,
                        row.id));
    }

    /** With the call that its success or failure came from. */
    Row add(Row row) {
        addUncalled(row);
        if (row.startedAt != null) {
            call(row, row.epoch, row.state.equals("SUCCEEDED") ? 200 : 503);
        }
        return row;
    }

    void addUncalled(Row row) {
        executions.add(
                new Execution(
                        row.id,
                        row.job,
                        row.called,
                        row.scheduledAt,
                        row.state,
                        row.origin,
                        row.delivery,
                        row.attempt,
                        3,
                        row.epoch,
                        row.createdAt,
                        row.startedAt,
                        row.finishedAt,
                        null,
                        row.reason,
                        row.skippedUntil,
                        row.skippedCount,
                        row.dependsOn,
                        row.onDependencyFailure,
                        row.causedBy));
    }

    void call(Row row, long epoch, int status) {
        calls.add(new Call(row.id, row.attempt, epoch, START, status));
    }

    /** What the checker finds, without repetitions. */
    List<Invariant> broken() {
        var notes = new Notes(plans, submissions, calls, unreadable, 1, unready);
        var ledger = new Ledger(jobs, executions, left, untouched);
        return new Checker(notes, ledger)
                .check().stream().map(Finding::invariant).distinct().toList();
    }
}
