package io.carillon.firing;

import io.carillon.definition.MisfirePolicy;
import io.carillon.definition.Overlap;
import io.carillon.execution.SkipReason;
import io.carillon.firing.DueTriggers.Locked;
import io.carillon.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Holds the decision about a trigger's due instants, before its job's other executions are read.
 */
record Decided(Locked trigger, FiringPlans.Plan plan, Overlap overlap, CatchUp.Decision decision) {
    /**
     * @param ofPaused which instants that a paused job has missed to execute; null for none
     */
    static Decided of(
            Locked trigger,
            FiringPlans.Plan plan,
            Schedule schedule,
            Instant now,
            @Nullable MisfirePolicy ofPaused) {
        return new Decided(
                trigger,
                plan,
                overlapOf(plan, trigger, now, ofPaused),
                decide(schedule, trigger, now, plan.policy(), ofPaused));
    }

    static CatchUp.Decision decide(
            Schedule schedule,
            Locked trigger,
            Instant now,
            CatchUp.Policy policy,
            @Nullable MisfirePolicy ofPaused) {
        if (!trigger.isPaused()) {
            return CatchUp.decide(schedule, trigger.due(), now, policy);
        }
        if (ofPaused == null || ofPaused == MisfirePolicy.SKIP) {
            return CatchUp.skipAll(schedule, trigger.due(), now, SkipReason.PAUSED);
        }
        var chosen = new CatchUp.Policy(ofPaused, policy.window(), policy.limit(), Duration.ZERO);
        return CatchUp.decide(schedule, trigger.due(), now, chosen);
    }

    /**
     * If a client asks for all missed instants, {@code SKIP} must not skip all but one of them:
     * they wait for their turn.
     */
    private static Overlap overlapOf(
            FiringPlans.Plan plan, Locked trigger, Instant now, @Nullable MisfirePolicy ofPaused) {
        boolean isCatchUp =
                trigger.isPaused()
                        ? ofPaused == MisfirePolicy.FIRE_ALL
                        : plan.policy().misfire() == MisfirePolicy.FIRE_ALL
                                && trigger.due().isBefore(now.minus(plan.policy().threshold()));
        return isCatchUp ? plan.overlap().inTurn() : plan.overlap();
    }
}
