package io.carillon.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each invariant is seen to be broken, by a ledger that is wrong in this one way. */
class CheckerTest {
    private final Evidence evidence = new Evidence();

    private void assertBroken(Invariant... invariants) {
        assertEquals(List.of(invariants), evidence.broken());
    }

    private void bellFired(int... seconds) {
        for (int second : seconds) {
            evidence.add(evidence.fired("bell", second));
        }
    }

    @Test
    void aRightLedgerBreaksNone() {
        evidence.bell();
        bellFired(1, 2, 3);
        var cause = evidence.add(evidence.submitted("a"));
        evidence.accepted(cause);
        var dependent = evidence.submitted("b").startedAfter(Duration.ofSeconds(1));
        dependent.dependsOn = List.of(cause.id);
        evidence.accepted(evidence.add(dependent), "a");

        assertBroken();
    }

    @Test
    void aJobThatIsNotThere() {
        evidence.bell();
        evidence.jobs.clear();

        assertBroken(Invariant.JOB_KEPT);
    }

    @Test
    void anInstantThatIsMissing() {
        evidence.bell();
        bellFired(1, 3);

        assertBroken(Invariant.INSTANT_ONCE);
    }

    @Test
    void anInstantThatFiredTwice() {
        evidence.bell();
        bellFired(1, 2, 2, 3);

        assertBroken(Invariant.INSTANT_ONCE);
    }

    @Test
    void anInstantThatFiredAndWasSkippedToo() {
        var plan = evidence.bell();
        evidence.plans.set(0, skippable(plan));
        bellFired(1, 2, 3);
        var range = evidence.fired("bell", 1).skipped("MISFIRE");
        range.skippedCount = 2;
        range.skippedUntil = Evidence.START.plusSeconds(2);
        evidence.add(range);

        assertBroken(Invariant.INSTANT_ONCE);
    }

    @Test
    void aRangeOfSkippedInstantsStandsForEach() {
        var plan = evidence.bell();
        evidence.plans.set(0, skippable(plan));
        var range = evidence.fired("bell", 1).skipped("MISFIRE");
        range.skippedCount = 3;
        range.skippedUntil = Evidence.START.plusSeconds(3);
        evidence.add(range);

        assertBroken();
    }

    @Test
    void aRangeThatCountsWrongly() {
        var plan = evidence.bell();
        evidence.plans.set(0, skippable(plan));
        var range = evidence.fired("bell", 1).skipped("MISFIRE");
        range.skippedCount = 2;
        range.skippedUntil = Evidence.START.plusSeconds(3);
        evidence.add(range);
        bellFired(3);

        assertBroken(Invariant.INSTANT_ONCE);
    }

    @Test
    void anInstantSkippedWithoutAReason() {
        var plan = evidence.bell();
        evidence.plans.set(0, skippable(plan));
        bellFired(1, 2);
        evidence.add(evidence.fired("bell", 3).skipped(null));

        assertBroken(Invariant.INSTANT_ONCE);
    }

    @Test
    void anInstantSkippedOfAJobThatMustRun() {
        evidence.bell();
        bellFired(1, 2);
        evidence.add(evidence.fired("bell", 3).skipped("MISFIRE"));

        assertBroken(Invariant.MUST_RUN);
    }

    @Test
    void anInstantThatWasNotPlanned() {
        evidence.bell();
        bellFired(1, 2, 3, 4);

        assertBroken(Invariant.PLANNED);
    }

    @Test
    void nothingIsAskedOfAJobWhoseScheduleCannotBeRead() {
        evidence.bell();
        bellFired(1);
        evidence.unreadable.add("bell");

        assertBroken();
    }

    @Test
    void anInstantThatFiredEarly() {
        evidence.bell();
        bellFired(1, 2);
        var early = evidence.fired("bell", 3);
        early.createdAt = early.scheduledAt.minusMillis(1);
        evidence.add(early);

        assertBroken(Invariant.NOT_EARLY);
    }

    @Test
    void aSubmissionThatStartedBeforeItsTime() {
        var row = evidence.add(evidence.submitted("a"));
        evidence.submissions.add(
                new Submission(
                        "a",
                        Evidence.START.plusSeconds(1),
                        List.of(),
                        Submission.Answer.ACCEPTED,
                        row.id));

        assertBroken(Invariant.NOT_EARLY);
    }

    @Test
    void aSubmissionThatIsLost() {
        evidence.accepted(evidence.submitted("a"));

        assertBroken(Invariant.SUBMISSION_ONCE);
    }

    @Test
    void aSubmissionThatIsThereTwice() {
        evidence.accepted(evidence.add(evidence.submitted("a")));
        evidence.add(evidence.submitted("a"));

        assertBroken(Invariant.SUBMISSION_ONCE);
    }

    @Test
    void aSubmissionUnderAnotherId() {
        evidence.accepted(evidence.submitted("a"));
        evidence.add(evidence.submitted("a"));

        assertBroken(Invariant.SUBMISSION_ONCE);
    }

    @Test
    void anUnansweredSubmissionThatIsThereTwice() {
        unaccepted(Submission.Answer.NONE);
        evidence.add(evidence.submitted("a"));
        assertBroken();

        evidence.add(evidence.submitted("a"));
        assertBroken(Invariant.SUBMISSION_ONCE);
    }

    @Test
    void aRefusedSubmissionThatIsThere() {
        unaccepted(Submission.Answer.REFUSED);
        assertBroken();

        evidence.add(evidence.submitted("a"));
        assertBroken(Invariant.SUBMISSION_ONCE);
    }

    @Test
    void aSubmissionThatNobodyMade() {
        evidence.add(evidence.submitted("a"));

        assertBroken(Invariant.SUBMISSION_ONCE);
    }

    @Test
    void anExecutionThatStillRuns() {
        var row = evidence.submitted("a");
        row.state = "RUNNING";
        row.finishedAt = null;
        evidence.accepted(evidence.add(row));

        assertBroken(Invariant.ENDED);
    }

    @Test
    void anAtMostOnceExecutionThatCalledTwice() {
        var row = evidence.submitted("a");
        row.delivery = "AT_MOST_ONCE";
        evidence.accepted(evidence.add(row));
        evidence.call(row, 2, 503);

        assertBroken(Invariant.AT_MOST_ONCE);
    }

    @Test
    void aClaimThatCalledTwice() {
        var row = evidence.add(evidence.submitted("a"));
        evidence.accepted(row);
        evidence.call(row, 2, 503);
        assertBroken();

        evidence.call(row, 2, 503);
        assertBroken(Invariant.ONE_CALL_A_CLAIM);
    }

    @Test
    void aSuccessThatWasNotAnswered() {
        var row = evidence.submitted("a");
        evidence.addUncalled(row);
        evidence.accepted(row);
        evidence.call(row, 1, 503);

        assertBroken(Invariant.SUCCESS_ANSWERED);
    }

    @Test
    void aSuccessThatWasAnsweredUnderAnotherEpoch() {
        var row = evidence.submitted("a");
        evidence.addUncalled(row);
        evidence.accepted(row);
        evidence.call(row, 2, 200);

        assertBroken(Invariant.SUCCESS_ANSWERED);
    }

    @Test
    void aCallOfWhatIsNotInTheLedger() {
        evidence.call(evidence.submitted("a"), 1, 200);

        assertBroken(Invariant.NOT_CALLED);
    }

    @Test
    void aCallOfWhatWasSkipped() {
        var plan = evidence.bell();
        evidence.plans.set(0, skippable(plan));
        bellFired(1, 2);
        evidence.call(evidence.add(evidence.fired("bell", 3).skipped("MISFIRE")), 1, 200);

        assertBroken(Invariant.NOT_CALLED);
    }

    @Test
    void moreAttemptsInTheLedgerThanAllowed() {
        var row = evidence.submitted("a");
        row.state = "FAILED";
        row.attempt = 4;
        evidence.addUncalled(row);
        evidence.accepted(row);

        assertBroken(Invariant.ATTEMPTS);
    }

    @Test
    void moreAttemptsAtTheTargetThanAllowed() {
        var row = evidence.add(evidence.submitted("a"));
        evidence.accepted(row);
        row.attempt = 4;
        evidence.call(row, 2, 503);

        assertBroken(Invariant.ATTEMPTS);
    }

    @Test
    void anExecutionGivenUpBeforeItsLastAttempt() {
        var row = evidence.submitted("a");
        row.state = "FAILED";
        row.attempt = 2;
        evidence.accepted(evidence.add(row));

        assertBroken(Invariant.ATTEMPTS);
    }

    @Test
    void aRefusalByTheTargetIsTheLastAttempt() {
        var row = evidence.submitted("a");
        row.state = "FAILED";
        evidence.addUncalled(row);
        evidence.accepted(row);
        evidence.call(row, 1, 400);

        assertBroken();
    }

    @Test
    void aDependentThatDidNotWait() {
        dependentOf(succeeded(), "SUCCEEDED", Duration.ofMillis(20));

        assertBroken(Invariant.DEPENDENT);
    }

    @Test
    void aDependentThatRanThoughItsCauseFailed() {
        dependentOf(failed(), "SUCCEEDED", Duration.ofSeconds(1));

        assertBroken(Invariant.DEPENDENT);
    }

    @Test
    void aDependentThatWasCancelledThoughItsCauseSucceeded() {
        dependentOf(succeeded(), "CANCELLED", null);

        assertBroken(Invariant.DEPENDENT);
    }

    @Test
    void aDependentIsCancelledIfItsCauseFailed() {
        dependentOf(failed(), "CANCELLED", null);

        assertBroken();
    }

    @Test
    void aDependentOfAnotherCauseThanAskedFor() {
        var cause = evidence.add(evidence.submitted("a"));
        evidence.accepted(cause);
        var row = evidence.submitted("b").startedAfter(Duration.ofSeconds(1));
        row.dependsOn = List.of(cause.id);
        evidence.accepted(evidence.add(row));

        assertBroken(Invariant.DEPENDENT);
    }

    @Test
    void aFollowerThatDidNotRun() {
        follower("SUCCESS");
        evidence.bell();
        bellFired(1, 2, 3);

        assertBroken(Invariant.FOLLOWED);
    }

    @Test
    void aFollowerThatRanTwiceAfterOneEnd() {
        follower("SUCCESS");
        evidence.bell();
        bellFired(1, 2);
        var last = evidence.add(evidence.fired("bell", 3));
        for (var execution : List.copyOf(evidence.executions)) {
            followed(execution.id());
        }
        assertBroken();

        followed(last.id);
        assertBroken(Invariant.FOLLOWED);
    }

    @Test
    void aFollowerThatRanAfterAnotherEnd() {
        follower("FAILURE");
        evidence.bell();
        bellFired(1, 2);
        followed(evidence.add(evidence.fired("bell", 3)).id);

        assertBroken(Invariant.FOLLOWED);
    }

    @Test
    void aFollowerThatRanAfterNothing() {
        follower("SUCCESS");
        followed(UUID.randomUUID());

        assertBroken(Invariant.FOLLOWED);
    }

    @Test
    void executionsThatOverlapped() {
        var plan = evidence.bell();
        evidence.plans.set(
                0,
                new Plan(
                        plan.name(),
                        plan.every(),
                        plan.startAt(),
                        plan.endAt(),
                        "QUEUE_ALL",
                        true,
                        null,
                        null));
        bellFired(1, 2);
        assertBroken(Invariant.INSTANT_ONCE);

        evidence.add(evidence.fired("bell", 3).startedAfter(Duration.ofMillis(2050)));
        assertBroken(Invariant.NO_OVERLAP);
    }

    @Test
    void aNoteThatIsLeft() {
        evidence.left.add("untold_end: 1");

        assertBroken(Invariant.NOTHING_LEFT);
    }

    @Test
    void aTriggerOfAnotherSchedulerThatWasTouched() {
        evidence.untouched = 0;

        assertBroken(Invariant.STRANGER);
    }

    @Test
    void aReplicaThatIsNotReady() {
        evidence.unready.add("replica-1");

        assertBroken(Invariant.READY);
    }

    private static Plan skippable(Plan plan) {
        return new Plan(
                plan.name(),
                plan.every(),
                plan.startAt(),
                plan.endAt(),
                plan.overlap(),
                false,
                null,
                null);
    }

    private void unaccepted(Submission.Answer answer) {
        evidence.submissions.add(new Submission("a", null, List.of(), answer, null));
    }

    private Evidence.Row succeeded() {
        return evidence.submitted("a");
    }

    private Evidence.Row failed() {
        var row = evidence.submitted("a");
        row.state = "FAILED";
        row.attempt = 3;
        return row;
    }

    private void dependentOf(Evidence.Row cause, String state, @Nullable Duration startedAfter) {
        evidence.accepted(evidence.add(cause));
        var row = evidence.submitted("b");
        row.state = state;
        row.dependsOn = List.of(cause.id);
        if (startedAfter == null) {
            row.startedAt = null;
            row.reason = "DEPENDENCY";
        } else {
            row.startedAfter(startedAfter);
        }
        evidence.accepted(evidence.add(row), "a");
    }

    private void follower(String on) {
        evidence.job(
                new Plan("echo", null, Evidence.START, Evidence.START, "ALLOW", true, "bell", on));
    }

    private void followed(UUID cause) {
        var row = evidence.fired("echo", 5);
        row.origin = "DEPENDENCY";
        row.causedBy = cause;
        evidence.add(row);
    }
}
