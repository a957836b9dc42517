package io.carillon.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/** db-scheduler with one-time tasks. It deletes what is done and keeps no history. */
final class DbSchedulerPeer implements Peer {
    static final String NAME = "db-scheduler";

    private static final Instant FAR_AHEAD = Instant.parse("2100-01-01T00:00:00Z");

    private final OneTimeTask<Void> noop =
            Tasks.oneTime("noop").execute((instance, context) -> PeerHandler.run());
    private final OneTimeTask<Void> noopAt =
            Tasks.oneTime("noop-at")
                    .execute(
                            (instance, context) ->
                                    PeerHandler.runAt(
                                            context.getExecution().executionTime.toEpochMilli()));
    private final Scheduler scheduler;

    /** Immediate execution stays off, as in its own performance document. */
    DbSchedulerPeer(
            DataSource dataSource,
            String name,
            int threads,
            double lowerLimit,
            double upperLimit,
            Duration polling) {
        this.scheduler =
                Scheduler.create(dataSource, noop, noopAt)
                        .schedulerName(new SchedulerName.Fixed(name))
                        .threads(threads)
                        .pollUsingLockAndFetch(lowerLimit, upperLimit)
                        .pollingInterval(polling)
                        .build();
    }

    @Override
    public void storePrototype() {
        scheduler.schedule(noop.instance("prototype"), FAR_AHEAD);
    }

    @Override
    public void start() {
        scheduler.start();
    }

    @Override
    public void submitBatch(int count) {
        var batch = new ArrayList<TaskInstance<?>>(count);
        for (int index = 0; index < count; index++) {
            batch.add(noop.instance(UUID.randomUUID().toString()));
        }
        scheduler.scheduleBatch(batch, Instant.now());
    }

    @Override
    public void scheduleBatch(List<Long> dueMillis) {
        var batch = new ArrayList<SchedulableInstance<?>>(dueMillis.size());
        for (long due : dueMillis) {
            batch.add(
                    SchedulableInstance.of(
                            noopAt.instance(UUID.randomUUID().toString()),
                            Instant.ofEpochMilli(due)));
        }
        scheduler.scheduleBatch(batch);
    }
}
