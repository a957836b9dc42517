package io.carillon.execution.ledger;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.execution.ledger.PoolClaims.Room;
import io.carillon.queue.QueueKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Starts executions: claims the first in the order of their queues for a worker. */
@ApplicationScoped
public class Claims {
    private final Database database;
    private final PoolClaims pools;
    private final TaskClaims tasks;
    private final RowByRow rowByRow;

    /** The queue behind which the next look of the pool begins. */
    private volatile QueueKey after = PoolClaims.START;

    /**
     * The result of a claim; {@code isMoreWaiting}: claimable executions were left because there
     * was no room.
     */
    public record Claimed(List<Claim> claims, boolean isMoreWaiting) {
        static final Claimed NOTHING = new Claimed(List.of(), false);
    }

    /**
     * The result of a claim from the queues without limits.
     *
     * @param limited the limited queues that may hold work
     */
    public record Open(Claimed claimed, Set<QueueKey> limited) {}

    Claims(
            @BackgroundPool Database database,
            PoolClaims pools,
            TaskClaims tasks,
            RowByRow rowByRow) {
        this.database = database;
        this.pools = pools;
        this.tasks = tasks;
        this.rowByRow = rowByRow;
    }

    /** One look for work. */
    private interface Look {
        Claimed at(Connection connection, Room room) throws SQLException;
    }

    /**
     * Claims what fits into {@code slots} from the queues without limits. Goes on through the
     * queues until it has claimed something or has passed all of them.
     *
     * @param isIdle whether the worker runs nothing: then an execution larger than its slots may
     *     start
     */
    public Open take(Claimant.Pool by, int slots, boolean isIdle) {
        var limited = new LinkedHashSet<QueueKey>();
        boolean fromStart = false;
        while (true) {
            var from = after;
            var looks = new ArrayList<PoolClaims.Look>();
            var claimed =
                    besideRefused(
                            slots,
                            slots,
                            isIdle,
                            room -> {
                                looks.add(
                                        database.with(
                                                connection ->
                                                        pools.next(connection, by, from, room)));
                                return looks.getLast().claimed();
                            });
            looks.forEach(look -> limited.addAll(look.limited()));
            after = looks.isEmpty() ? PoolClaims.START : looks.getLast().behind();
            fromStart |= from.equals(PoolClaims.START);
            boolean hasPassedAll = fromStart && after.equals(PoolClaims.START);
            if (hasPassedAll || !claimed.claims.isEmpty()) {
                boolean isMoreWaiting = claimed.isMoreWaiting || !hasPassedAll;
                return new Open(new Claimed(claimed.claims, isMoreWaiting), limited);
            }
        }
    }

    /**
     * Claims what fits into {@code slots} from the queues without limits, for a remote worker in
     * the caller's transaction, which goes on when an execution is refused.
     */
    public Claimed take(Claimant.Remote by, int slots, boolean isIdle) {
        return besideRefused(
                slots,
                slots,
                isIdle,
                room ->
                        withSavepoint(
                                room,
                                (connection, same) -> tasks.look(connection, by, null, same)));
    }

    /**
     * Claims up to {@code limit} executions of a limited queue, whose row is locked, in the
     * caller's transaction, which goes on when one of them is refused.
     */
    public Claimed takeLimited(Claimant by, QueueKey queue, int limit, int slots, boolean isIdle) {
        Look look =
                switch (by) {
                    case Claimant.Pool pool ->
                            (connection, room) -> pools.limited(connection, pool, queue, room);
                    case Claimant.Remote remote ->
                            (connection, room) ->
                                    tasks.look(connection, remote, queue.name(), room);
                };
        return besideRefused(limit, slots, isIdle, room -> withSavepoint(room, look));
    }

    private Claimed withSavepoint(Room room, Look look) {
        return database.with(
                connection -> {
                    var before = connection.setSavepoint();
                    try {
                        var taken = look.at(connection, room);
                        connection.releaseSavepoint(before);
                        return taken;
                    } catch (Throwable refused) {
                        connection.rollback(before);
                        throw refused;
                    }
                });
    }

    private interface Taking {
        Claimed into(Room room);
    }

    /** Claims the others if PostgreSQL refuses some, and leaves these queued. */
    private Claimed besideRefused(int limit, int slots, boolean isIdle, Taking look) {
        var claims = new ArrayList<Claim>();
        var isMoreWaiting = new AtomicBoolean();
        rowByRow.take(
                "queued executions",
                limit,
                (most, offset) -> {
                    int left = slots - slots(claims);
                    if (left <= 0) {
                        return 0;
                    }
                    var taken = look.into(new Room(most, offset, left, isIdle && claims.isEmpty()));
                    claims.addAll(taken.claims);
                    isMoreWaiting.set(taken.isMoreWaiting);
                    return taken.claims.size();
                });
        return new Claimed(claims, isMoreWaiting.get());
    }

    /** Returns the slots that these take together. */
    public static int slots(Collection<Claim> claims) {
        return claims.stream().mapToInt(Claim::weight).sum();
    }
}
