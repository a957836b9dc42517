package io.carillon.firing;

import io.carillon.database.DatabaseClock;
import io.carillon.database.ForLoops;
import io.carillon.database.Notifications;
import io.carillon.database.StartOrder;
import io.carillon.database.Topic;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
 * Starts this replica's Quartz scheduler on a {@link FiringJobStore}, wakes it when another replica
 * changed a trigger, and watches that it goes on looking.
 */
@ApplicationScoped
public class FiringScheduler {
    private static final Duration WATCH = Duration.ofSeconds(1);

    /** Quartz waits no shorter. */
    private static final Duration SHORTEST_POLL = Duration.ofSeconds(1);

    private static final Duration STUCK = Duration.ofSeconds(30);

    private final FiringJobStore store;
    private final FiringConfig config;
    private final Notifications notifications;
    private final Reconciler reconciler;
    private final TimeZoneUpdate timeZoneUpdate;
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("carillon-firing-watch").daemon().factory());
    private @Nullable QuartzScheduler scheduler;

    FiringScheduler(
            @ForLoops DataSource dataSource,
            Firing firing,
            FiringPlans plans,
            DatabaseClock clock,
            FiringConfig config,
            Notifications notifications,
            Reconciler reconciler,
            TimeZoneUpdate timeZoneUpdate) {
        this.store = new FiringJobStore(dataSource, firing, plans, clock, config);
        this.config = config;
        this.notifications = notifications;
        this.reconciler = reconciler;
        this.timeZoneUpdate = timeZoneUpdate;
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
        started.start();
        repeat(this::wakeIfOverdue, WATCH);
        repeat(reconciler::runOnce, config.reconcileEvery());
        watch.execute(guarded(timeZoneUpdate::runOnce, config.reconcileEvery()));
        repeat(timeZoneUpdate::runOnce, config.reconcileEvery());
        Log.infof(
                "firing batchSize=%d misfireThreshold=%s",
                config.batchSize(), config.misfireThreshold());
    }

    /**
     * What Quartz's factories do, less their reflection and their registry of one scheduler per
     * name.
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
        watch.shutdownNow();
        if (scheduler != null) {
            scheduler.shutdown(false);
        }
    }

    /** Whether due triggers are looked for; always true on a replica that fires nothing. */
    public boolean isAlive() {
        return !config.enabled() || store.sinceLastLook().compareTo(STUCK) < 0;
    }

    /**
     * Runs {@code round} on the watch's thread; one that fails is logged and does not end the
     * series.
     */
    private void repeat(Runnable round, Duration period) {
        var _ =
                watch.scheduleWithFixedDelay(
                        guarded(round, period),
                        period.toMillis(),
                        period.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private static Runnable guarded(Runnable round, Duration period) {
        return () -> {
            try {
                round.run();
            } catch (RuntimeException failure) {
                Log.warnf("trying again in %s: %s", period, failure.getMessage());
            }
        };
    }

    /**
     * Quartz waits by the wall clock: should that be set back meanwhile, the wait is ended from
     * here.
     */
    private void wakeIfOverdue() {
        if (store.sinceLastLook().compareTo(config.poll().plus(WATCH)) > 0) {
            store.wake(0);
        }
    }

    /** Has room for the alarm that the store hands out; nothing is ever run. */
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
