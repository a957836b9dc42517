package io.carillon.chaos;

import io.carillon.chaos.Ledger.Execution;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares what was asked for, the ledger, and what the target received. Judges only; reads
 * nothing.
 */
final class Checker {
    private final Notes notes;
    private final Ledger ledger;
    private final Map<UUID, Execution> byId;
    private final Map<String, List<Execution>> byJob;
    private final Map<UUID, List<Call>> callsById;
    private final List<Finding> findings = new ArrayList<>();

    Checker(Notes notes, Ledger ledger) {
        this.notes = notes;
        this.ledger = ledger;
        byId = ledger.executions().stream().collect(Collectors.toMap(Execution::id, each -> each));
        byJob = groupedBy(ledger.executions(), Execution::job);
        callsById = notes.calls().stream().collect(Collectors.groupingBy(Call::executionId));
    }

    List<Finding> check() {
        checkInstants();
        checkSubmissions();
        ledger.executions().forEach(this::checkExecution);
        callsById.forEach(this::checkCalls);
        checkFollowers();
        checkOverlap();
        ledger.left().forEach(each -> found(Invariant.NOTHING_LEFT, each));
        notes.unready().forEach(each -> found(Invariant.READY, each));
        if (ledger.strangers() != notes.strangers()) {
            found(Invariant.STRANGER, ledger.strangers() + " of " + notes.strangers());
        }
        return findings;
    }

    private void checkInstants() {
        var jobs = ledger.jobs().stream().collect(Collectors.toMap(Ledger.Job::name, each -> each));
        for (var plan : notes.plans()) {
            var job = jobs.get(plan.name());
            if (job == null) {
                found(Invariant.JOB_KEPT, plan.name());
            } else if (!notes.unreadable().contains(plan.name())) {
                checkInstants(plan, new HashSet<>(plan.instants(job.createdAt())));
            }
        }
    }

    private void checkInstants(Plan plan, Set<Instant> planned) {
        var missing = new HashSet<>(planned);
        for (var row : rowsOf(plan.name())) {
            if (!row.origin().equals("SCHEDULE")) {
                continue;
            }
            for (var instant : standsFor(plan, row)) {
                if (!planned.contains(instant)) {
                    found(Invariant.PLANNED, instant + " of " + row);
                } else if (!missing.remove(instant)) {
                    found(Invariant.INSTANT_ONCE, instant + " again, in " + row);
                }
            }
            if (row.is("SKIPPED") && row.reason() == null) {
                found(Invariant.INSTANT_ONCE, "without a reason: " + row);
            }
            if (row.is("SKIPPED") && plan.mustRun()) {
                found(Invariant.MUST_RUN, row.toString());
            }
        }
        missing.stream()
                .sorted()
                .forEach(
                        each ->
                                found(
                                        Invariant.INSTANT_ONCE,
                                        each + " of " + plan.name() + " is missing"));
    }

    /** The row's own instant and, if it is of a range, as many as it counts up to its end. */
    private static List<Instant> standsFor(Plan plan, Execution row) {
        var instants = new ArrayList<Instant>();
        instants.add(row.scheduledAt());
        var every = plan.every();
        if (every != null && row.skippedCount() > 1) {
            for (long index = 1; index < row.skippedCount(); index++) {
                instants.add(row.scheduledAt().plus(every.multipliedBy(index)));
            }
            if (!instants.getLast().equals(row.skippedUntil())) {
                instants.add(row.skippedUntil());
            }
        }
        return instants;
    }

    private void checkSubmissions() {
        var rows =
                groupedBy(
                        ledger.executions().stream().filter(row -> row.job() == null).toList(),
                        Execution::called);
        for (var submission : notes.submissions()) {
            var its = rows.getOrDefault(submission.name(), List.of());
            rows.remove(submission.name());
            switch (submission.answer()) {
                case ACCEPTED -> {
                    if (its.size() != 1 || !its.getFirst().id().equals(submission.id())) {
                        found(Invariant.SUBMISSION_ONCE, submission + " has the rows " + its);
                    }
                }
                case NONE -> {
                    if (its.size() > 1) {
                        found(Invariant.SUBMISSION_ONCE, submission + " has the rows " + its);
                    }
                }
                case REFUSED -> {
                    if (!its.isEmpty()) {
                        found(Invariant.SUBMISSION_ONCE, submission + " has the rows " + its);
                    }
                }
            }
            its.forEach(row -> checkAsked(submission, row));
        }
        rows.values().forEach(row -> found(Invariant.SUBMISSION_ONCE, "nobody asked for " + row));
    }

    /** Whether the row waits for what the submission named. */
    private void checkAsked(Submission submission, Execution row) {
        var runAt = submission.runAt();
        var startedAt = row.startedAt();
        if (runAt != null && startedAt != null && startedAt.isBefore(runAt)) {
            found(Invariant.NOT_EARLY, row + " was to run at " + runAt);
        }
        var causes =
                row.dependsOn().stream()
                        .map(byId::get)
                        .map(cause -> cause == null ? null : cause.called())
                        .collect(Collectors.toSet());
        if (!causes.equals(new HashSet<>(submission.dependsOn()))) {
            found(
                    Invariant.DEPENDENT,
                    row + " waited for " + causes + ", not " + submission.dependsOn());
        }
    }

    private void checkExecution(Execution row) {
        if (!row.isFinal()) {
            found(Invariant.ENDED, row.toString());
        }
        if (row.origin().equals("SCHEDULE") && row.createdAt().isBefore(row.scheduledAt())) {
            found(Invariant.NOT_EARLY, row + " was made at " + row.createdAt());
        }
        var calls = callsById.getOrDefault(row.id(), List.of());
        boolean isHttp = !isNoop(row);
        if (isHttp && row.is("SUCCEEDED") && !wasAnswered(calls, row, 200)) {
            found(Invariant.SUCCESS_ANSWERED, row + ", calls " + calls);
        }
        boolean isGivenUp =
                row.is("FAILED")
                        && row.delivery().equals("AT_LEAST_ONCE")
                        && row.attempt() < row.maxAttempts();
        if (isGivenUp && !"INVALID_JOB".equals(row.code()) && !wasAnswered(calls, row, 400)) {
            found(Invariant.ATTEMPTS, "given up early: " + row);
        }
        if (row.attempt() > row.maxAttempts()) {
            found(Invariant.ATTEMPTS, "too many: " + row);
        }
        if (!row.dependsOn().isEmpty()) {
            checkDependent(row);
        }
    }

    private void checkDependent(Execution row) {
        boolean isCauseMissing = false;
        boolean isAllWell = true;
        for (var id : row.dependsOn()) {
            var cause = byId.get(id);
            isCauseMissing |= cause == null;
            isAllWell &= cause != null && cause.is("SUCCEEDED");
            if (cause != null && row.startedAt() != null && !isAfter(row, cause)) {
                found(Invariant.DEPENDENT, row + " did not wait for " + cause);
            }
        }
        boolean isCancelled = row.is("CANCELLED") && "DEPENDENCY".equals(row.reason());
        boolean mustBeCancelled = !isAllWell && "CANCEL".equals(row.onDependencyFailure());
        if (isCauseMissing || isCancelled != mustBeCancelled) {
            found(
                    Invariant.DEPENDENT,
                    row + " with causes " + row.dependsOn().stream().map(byId::get).toList());
        }
    }

    private static boolean isAfter(Execution row, Execution cause) {
        var startedAt = row.startedAt();
        var endedAt = cause.finishedAt();
        return startedAt != null && endedAt != null && !startedAt.isBefore(endedAt);
    }

    private void checkCalls(UUID id, List<Call> calls) {
        var row = byId.get(id);
        if (row == null || row.startedAt() == null) {
            found(Invariant.NOT_CALLED, calls + " of " + (row == null ? id : row));
            return;
        }
        if (row.delivery().equals("AT_MOST_ONCE") && calls.size() > 1) {
            found(Invariant.AT_MOST_ONCE, row + ", calls " + calls);
        }
        if (calls.stream().map(Call::epoch).distinct().count() < calls.size()) {
            found(Invariant.ONE_CALL_A_CLAIM, row + ", calls " + calls);
        }
        if (calls.stream().anyMatch(call -> call.attempt() > row.maxAttempts())) {
            found(Invariant.ATTEMPTS, row + ", calls " + calls);
        }
    }

    private void checkFollowers() {
        for (var plan : notes.plans()) {
            var after = plan.after();
            if (after == null) {
                continue;
            }
            var runs = groupedBy(rowsOf(plan.name()), Execution::causedBy);
            for (var cause : rowsOf(after)) {
                var its = runs.getOrDefault(cause.id(), List.of());
                runs.remove(cause.id());
                if (its.size() != (isFollowed(cause, plan) ? 1 : 0)) {
                    found(Invariant.FOLLOWED, plan.name() + " ran " + its + " after " + cause);
                }
            }
            runs.values().forEach(its -> found(Invariant.FOLLOWED, its + " after nothing"));
        }
    }

    private static boolean isFollowed(Execution cause, Plan follower) {
        return switch (cause.state()) {
            case "SUCCEEDED" -> !"FAILURE".equals(follower.on());
            case "FAILED" -> !"SUCCESS".equals(follower.on());
            case "CANCELLED" -> "ANY".equals(follower.on());
            default -> false;
        };
    }

    private void checkOverlap() {
        for (var plan : notes.plans()) {
            if (plan.overlap().equals("ALLOW")) {
                continue;
            }
            var started =
                    rowsOf(plan.name()).stream()
                            .filter(row -> row.startedAt() != null && row.finishedAt() != null)
                            .sorted(Comparator.comparing(Execution::finishedAt))
                            .toList();
            for (int index = 1; index < started.size(); index++) {
                if (!isAfter(started.get(index), started.get(index - 1))) {
                    found(
                            Invariant.NO_OVERLAP,
                            started.get(index - 1) + " and " + started.get(index));
                }
            }
        }
    }

    /** Those that call nothing say so by their names. */
    private static boolean isNoop(Execution row) {
        return row.job() != null && row.job().startsWith("noop-");
    }

    private static boolean wasAnswered(List<Call> calls, Execution row, int status) {
        return calls.stream()
                .anyMatch(call -> call.epoch() == row.epoch() && call.status() == status);
    }

    private List<Execution> rowsOf(String job) {
        return byJob.getOrDefault(job, List.of());
    }

    /** Rows for which {@code key} has none are left out. */
    private static <K> Map<K, List<Execution>> groupedBy(
            Collection<Execution> rows, Function<Execution, @Nullable K> key) {
        var groups = new HashMap<K, List<Execution>>();
        for (var row : rows) {
            var its = key.apply(row);
            if (its != null) {
                groups.computeIfAbsent(its, first -> new ArrayList<>()).add(row);
            }
        }
        return groups;
    }

    private void found(Invariant invariant, String what) {
        findings.add(new Finding(invariant, what));
    }
}
