package io.carillon.firing;

import io.carillon.database.BackgroundPool;
import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.SchedulerException;
import org.quartz.core.QuartzScheduler;
import org.quartz.core.QuartzSchedulerResources;
import org.quartz.impl.DefaultThreadExecutor;
import org.quartz.impl.StdJobRunShellFactory;
import org.quartz.impl.StdScheduler;
import org.quartz.simpl.SimpleClassLoadHelper;
import org.quartz.spi.ThreadPool;

/**
 * Starts this replica's Quartz scheduler on a {@link FiringJobStore}, and wakes it when another
 * replica changes a trigger, or when it sleeps too long.
 */
@ApplicationScoped
public class FiringScheduler {
    private static final Duration WATCH = Duration.ofSeconds(1);

    /** Quartz does not wait for less than this. */
    private static final Duration SHORTEST_POLL = Duration.ofSeconds(1);

    private final FiringJobStore store;
    private final FiringConfig config;
    private final Notifications notifications;
    private final FiringRounds rounds;
    private final Loops loops;
    private final Loop watch;
    private @Nullable QuartzScheduler scheduler;

    FiringScheduler(
            @BackgroundPool DataSource dataSource,
            FiringRounds rounds,
            FiringPlans plans,
            DatabaseClock clock,
            FiringConfig config,
            Notifications notifications,
            Loops loops) {
        this.store = new FiringJobStore(dataSource, rounds, plans, clock, config);
        this.config = config;
        this.notifications = notifications;
        this.rounds = rounds;
        this.loops = loops;
        this.watch = loops.background("firing-watch", this::wakeIfOverdue);
    }

    void start(@Observes @Priority(StartOrder.FIRING) StartupEvent event)
            throws SchedulerException {
        if (!config.enabled()) {
            return;
        }
        var started = scheduler();
        scheduler = started;
        notifications.on(
                Topic.SCHEDULE,
                argument -> store.wake(argument.isEmpty() ? 0 : Long.parseLong(argument)));
        rounds.start();
        started.start();
        loops.start(watch);
        Log.infof(
                "firing batchSize=%d misfireThreshold=%s",
                config.batchSize(), config.misfireThreshold());
    }

    /**
     * Does what Quartz's factories do, without their reflection and their registry of one scheduler
     * per name.
     */
    private QuartzScheduler scheduler() throws SchedulerException {
        String instanceId = UUID.randomUUID().toString();
        var shells = new StdJobRunShellFactory();
        var resources = new QuartzSchedulerResources();
        resources.setName(FiringJobStore.NAME);
        resources.setInstanceId(instanceId);
        resources.setThreadName("carillon-firing");
        resources.setMakeSchedulerThreadDaemon(true);
        resources.setJobRunShellFactory(shells);
        resources.setThreadPool(new NoPool());
        resources.setThreadExecutor(new DefaultThreadExecutor());
        resources.setJobStore(store);
        resources.setMaxBatchSize(1);
        long idleWaitMillis = Math.max(SHORTEST_POLL.toMillis(), config.poll().toMillis());
        var quartz = new QuartzScheduler(resources, idleWaitMillis, SHORTEST_POLL.toMillis());
        store.setInstanceId(instanceId);
        store.setInstanceName(FiringJobStore.NAME);
        store.initialize(new SimpleClassLoadHelper(), quartz.getSchedulerSignaler());
        shells.initialize(new StdScheduler(quartz));
        quartz.initialize();
        return quartz;
    }

    void stop(@Observes @Priority(StartOrder.NOTIFICATIONS) ShutdownEvent event)
            throws SchedulerException {
        watch.stop();
        if (scheduler != null) {
            rounds.stop();
            scheduler.shutdown(false);
        }
    }

    /** Quartz waits by the wall clock: if that is set back meanwhile, this ends the wait. */
    private Duration wakeIfOverdue() {
        if (rounds.sinceGoodRound().compareTo(config.poll().plus(WATCH)) > 0) {
            store.wake(0);
        }
        return WATCH;
    }

    /** Has one free thread for the alarm that the store hands out, but never runs anything. */
    private static final class NoPool implements ThreadPool {
        @Override
        public boolean runInThread(Runnable runnable) {
            return false;
        }

        @Override
        public int blockForAvailableThreads() {
            return 1;
        }

        @Override
        public void initialize() {}

        @Override
        public void shutdown(boolean waitForJobsToComplete) {}

        @Override
        public int getPoolSize() {
            return 0;
        }

        @Override
        public void setInstanceId(String instanceId) {}

        @Override
        public void setInstanceName(String instanceName) {}
    }
}
