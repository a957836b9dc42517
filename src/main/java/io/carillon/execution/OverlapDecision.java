package io.carillon.execution;

import io.carillon.definition.Overlap;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides by a job's overlap policy how its new executions begin, given those that have not ended.
 * Pure: facts in, decision out.
 *
 * @param starts for each new execution, in order, how it begins
 * @param cancelsOthers whether the executions that have not ended must be cancelled first
 */
public record OverlapDecision(List<Start> starts, boolean cancelsOthers) {
    /** How an execution begins. */
    public enum Start {
        /** It is queued. */
        NOW,
        /** It is blocked until the job's earlier ones have ended. */
        IN_TURN,
        /** It is skipped. */
        NEVER
    }

    /**
     * A job's executions that have not ended.
     *
     * @param running how many run
     * @param waiting how many are queued, or wait for another attempt
     * @param blocked how many wait for their turn
     */
    public record Standing(int running, int waiting, int blocked) {
        public static final Standing NONE = new Standing(0, 0, 0);

        public boolean isNone() {
            return running + waiting + blocked == 0;
        }
    }

    /** Decides about {@code count} new executions. */
    public static OverlapDecision decide(Overlap policy, Standing standing, int count) {
        var starts = new ArrayList<Start>(count);
        if (policy == Overlap.CANCEL_RUNNING) {
            // Each new one would cancel the one before it, so only the last remains.
            for (int index = 0; index < count - 1; index++) {
                starts.add(Start.NEVER);
            }
            starts.add(standing.running > 0 ? Start.IN_TURN : Start.NOW);
            return new OverlapDecision(starts, !standing.isNone());
        }
        boolean busy = !standing.isNone();
        int blocked = standing.blocked;
        for (int index = 0; index < count; index++) {
            var start = startOf(policy, busy, blocked);
            starts.add(start);
            busy |= start == Start.NOW;
            blocked += start == Start.IN_TURN ? 1 : 0;
        }
        return new OverlapDecision(starts, false);
    }

    private static Start startOf(Overlap policy, boolean busy, int blocked) {
        if (!busy || policy == Overlap.ALLOW) {
            return Start.NOW;
        }
        return switch (policy) {
            case QUEUE_ALL -> Start.IN_TURN;
            case QUEUE_ONE -> blocked == 0 ? Start.IN_TURN : Start.NEVER;
            case ALLOW, SKIP, CANCEL_RUNNING -> Start.NEVER;
        };
    }
}
