package io.carillon.alert;

import org.jspecify.annotations.Nullable;

/**
 * Judges an end for a rule. Pure: facts in, decision out.
 *
 * @param after the new standing of the job; null: it is not failing
 * @param news what to report; null: nothing
 */
record Verdict(@Nullable Standing after, News.@Nullable Kind news) {
    /**
     * The standing of a failing job with a rule.
     *
     * @param failures how many in a row
     * @param isTold whether they were reported
     */
    record Standing(int failures, boolean isTold) {
        static final Standing WELL = new Standing(0, false);
    }

    /** Holds what a rule asks for of failures, in the words of {@link RuleView}. */
    record Asked(
            int failuresInARow, boolean everyFailure, boolean recovered, boolean hasIncidents) {}

    /**
     * @param isMuted whether nothing is reported, and nothing counts as reported; an incident that
     *     was opened is closed all the same
     */
    static Verdict of(Asked rule, Standing before, boolean succeeded, boolean isMuted) {
        if (succeeded) {
            boolean tells = before.isTold && rule.recovered() && (!isMuted || rule.hasIncidents());
            return new Verdict(null, tells ? News.Kind.RECOVERED : null);
        }
        int failures = before.failures + 1;
        boolean tells =
                !isMuted
                        && rule.failuresInARow() > 0
                        && failures >= rule.failuresInARow()
                        && (rule.everyFailure() || !before.isTold);
        return new Verdict(
                new Standing(failures, before.isTold || tells), tells ? News.Kind.FAILED : null);
    }
}
