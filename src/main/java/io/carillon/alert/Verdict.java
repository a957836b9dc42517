package io.carillon.alert;

import org.jspecify.annotations.Nullable;

/**
 * Judges an end for a rule. Facts in, decision out.
 *
 * @param after how the job stands now; null: it does not fail
 * @param news what is to be told; null: nothing
 */
record Verdict(@Nullable Standing after, News.@Nullable Kind news) {
    /**
     * How a job that fails stands with a rule.
     *
     * @param failures in a row
     * @param isTold whether that was told
     */
    record Standing(int failures, boolean isTold) {
        static final Standing WELL = new Standing(0, false);
    }

    /**
     * @param isMuted nothing is told, and nothing counts as told
     */
    static Verdict of(RuleView rule, Standing before, boolean succeeded, boolean isMuted) {
        if (succeeded) {
            boolean tells = before.isTold && rule.recovered() && !isMuted;
            return new Verdict(null, tells ? News.Kind.RECOVERED : null);
        }
        int failures = before.failures + 1;
        boolean tells =
                !isMuted
                        && failures >= rule.failuresInARow()
                        && (rule.everyFailure() || !before.isTold);
        return new Verdict(
                new Standing(failures, before.isTold || tells), tells ? News.Kind.FAILED : null);
    }
}
