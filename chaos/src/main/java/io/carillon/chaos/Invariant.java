package io.carillon.chaos;

/** What must hold, whatever has happened. */
enum Invariant {
    JOB_KEPT("a job whose creation was answered with success is there"),
    INSTANT_ONCE("each planned instant of each job has one row, executed or skipped with a reason"),
    PLANNED("no row stands for an instant that was not planned"),
    MUST_RUN("no instant is skipped of a job whose policies run all"),
    NOT_EARLY("nothing is made or started before its time"),
    SUBMISSION_ONCE("each accepted submission has one row; of no request are there two"),
    ENDED("every execution is in a final state"),
    AT_MOST_ONCE("an AT_MOST_ONCE execution has called the target once at most"),
    ONE_CALL_A_CLAIM("the target was called once at most for each claim"),
    SUCCESS_ANSWERED("what has SUCCEEDED was answered with 200 under its last epoch"),
    NOT_CALLED("what has not started, or is not in the ledger, has not called"),
    ATTEMPTS("no more attempts than allowed, and none given up before the last"),
    DEPENDENT("a dependent began after its causes had ended, and was cancelled only if one failed"),
    FOLLOWED("a job ran once after each end of another that it follows, and after no other"),
    NO_OVERLAP("executions of a job that forbids overlap did not overlap"),
    NOTHING_LEFT("no note of an end, a follower or a dependency is left"),
    STRANGER("a trigger of another scheduler is as it was"),
    READY("each replica is ready again");

    private final String sentence;

    Invariant(String sentence) {
        this.sentence = sentence;
    }

    String sentence() {
        return sentence;
    }
}
