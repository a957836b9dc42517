package io.carillon.execution.dispatch;

import io.carillon.execution.dispatch.LimitedQueues.Claimed;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Claimant;
import io.carillon.execution.ledger.Claims;
import io.carillon.queue.QueueKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Claims for the pool inside this replica, from queues without limits and then from limited ones.
 * When the first have left no room, the others come first in the next round, so that neither kind
 * leaves no room to the other for ever. Used by one thread.
 */
@ApplicationScoped
class ClaimRounds {
    private final Claims claims;
    private final LimitedQueues limitedQueues;

    /** The limited queues that held work in the last round, and got no room. */
    private Set<QueueKey> withoutRoom = Set.of();

    ClaimRounds(Claims claims, LimitedQueues limitedQueues) {
        this.claims = claims;
        this.limitedQueues = limitedQueues;
    }

    /**
     * Claims what fits into {@code slots}.
     *
     * @param isIdle whether the worker runs nothing
     * @param begin starts what was claimed, before more is claimed
     */
    Claimed claim(Claimant.Pool pool, int slots, boolean isIdle, Consumer<List<Claim>> begin) {
        var begun = new ArrayList<Claim>();
        Consumer<List<Claim>> all =
                claimed -> {
                    begin.accept(claimed);
                    begun.addAll(claimed);
                };
        var first = limitedQueues.claim(pool, withoutRoom, Math.ceilDiv(slots, 2), isIdle);
        withoutRoom = Set.of();
        all.accept(first.claims());
        int left = slots - Claims.slots(begun);
        if (left <= 0) {
            return new Claimed(begun, true, first.untilNext());
        }
        var open = claims.take(pool, left, isIdle && begun.isEmpty());
        all.accept(open.claimed().claims());
        left = slots - Claims.slots(begun);
        if (left <= 0) {
            withoutRoom = open.limited();
            return new Claimed(begun, true, first.untilNext());
        }
        var limited = limitedQueues.claim(pool, open.limited(), left, isIdle && begun.isEmpty());
        all.accept(limited.claims());
        return new Claimed(
                begun,
                Claims.slots(begun) >= slots
                        || open.claimed().isMoreWaiting()
                        || limited.isMoreWaiting(),
                limited.untilNext());
    }
}
