package io.carillon.firing;

import io.carillon.database.DatabaseClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.jdbcjobstore.JobStoreSupport;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.jdbcjobstore.Semaphore;
import org.quartz.simpl.SimpleClassLoadHelper;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.SchedulerSignaler;
import org.quartz.spi.TriggerFiredResult;
import org.slf4j.LoggerFactory;

/**
 * Replaces the hot path of Quartz's clustered JDBC store, so that it needs no cluster-wide lock. It
 * keeps Quartz's tables, scheduler thread and API. Quartz's thread acquires only an alarm for the
 * next due time; when that fires, {@link FiringRounds} fires the due triggers. No trigger is ever
 * in the state acquired, so recovery, check-in and the misfire thread are not needed.
 */
final class FiringJobStore extends JobStoreSupport {
    /** The name of the scheduler: SCHED_NAME in every row. */
    static final String NAME = "carillon";

    private final DataSource dataSource;
    private final FiringRounds rounds;
    private final DatabaseClock clock;
    private final FiringConfig config;
    private final DriverDelegate delegate;
    private volatile @Nullable SchedulerSignaler signaler;

    FiringJobStore(
            DataSource dataSource,
            FiringRounds rounds,
            FiringPlans plans,
            DatabaseClock clock,
            FiringConfig config) {
        this.dataSource = dataSource;
        this.rounds = rounds;
        this.clock = clock;
        this.config = config;
        this.delegate = new Delegate(plans);
        setDataSource(NAME);
        setIsClustered(true);
        setLockHandler(new NoClusterLock());
    }

    // The hot path

    /** Finds out when something is due within the poll interval; claims nothing. */
    @Override
    public List<OperableTrigger> acquireNextTriggers(
            long noLaterThan, int maxCount, long timeWindow) {
        var next = rounds.next();
        // Quartz's thread clears the list if something earlier comes while it waits.
        var due = new ArrayList<OperableTrigger>();
        if (next != null) {
            due.add(new Alarm(new Date(clock.wallMillisAt(next.toEpochMilli()))));
        }
        return due;
    }

    /**
     * Fires everything that is due. Returns no bundle to Quartz: the work is in the ledger, so its
     * thread pool has nothing to do.
     */
    @Override
    public List<TriggerFiredResult> triggersFired(List<OperableTrigger> alarms) {
        rounds.fire();
        return List.of();
    }

    @Override
    public void releaseAcquiredTrigger(OperableTrigger alarm) {}

    @Override
    public void triggeredJobComplete(
            OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {}

    /**
     * Makes the scheduler thread look again, if {@code nextFireTime} is earlier than what it waits
     * for.
     */
    void wake(long nextFireTime) {
        rounds.changed(nextFireTime == 0 ? Instant.MIN : Instant.ofEpochMilli(nextFireTime));
        var scheduler = signaler;
        if (scheduler != null && nextFireTime <= clock.millis() + config.poll().toMillis()) {
            scheduler.signalSchedulingChange(
                    nextFireTime == 0 ? 0 : clock.wallMillisAt(nextFireTime));
        }
    }

    // Life cycle

    @Override
    public void initialize(
            org.quartz.spi.ClassLoadHelper loadHelper, SchedulerSignaler schedulerSignaler) {
        this.signaler = schedulerSignaler;
        var helper = new SimpleClassLoadHelper();
        helper.initialize();
        try {
            super.initialize(helper, schedulerSignaler);
        } catch (org.quartz.SchedulerConfigException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void schedulerStarted() {}

    @Override
    public void schedulerPaused() {}

    @Override
    public void schedulerResumed() {}

    @Override
    public void shutdown() {
        rounds.stop();
    }

    // What the inherited methods need

    @Override
    protected DriverDelegate getDelegate() {
        return delegate;
    }

    @Override
    protected Connection getNonManagedTXConnection() throws JobPersistenceException {
        try {
            var connection = dataSource.getConnection();
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException failure) {
            throw new JobPersistenceException("No database connection", failure);
        }
    }

    @Override
    protected <T> T executeInLock(String lockName, TransactionCallback<T> callback)
            throws JobPersistenceException {
        return executeInNonManagedTXLock(lockName, callback, null);
    }

    /**
     * Makes PostgreSQL's statements, with our own trigger type; Carillon creates it without
     * reflection.
     */
    private static final class Delegate extends PostgreSQLDelegate {
        private Delegate(FiringPlans plans) {
            try {
                initialize(
                        LoggerFactory.getLogger(FiringJobStore.class),
                        DEFAULT_TABLE_PREFIX,
                        NAME,
                        NAME,
                        new SimpleClassLoadHelper(),
                        false,
                        null);
                addTriggerPersistenceDelegate(new ScheduleTriggerDelegate(plans));
            } catch (org.quartz.impl.jdbcjobstore.NoSuchDelegateException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /** Row locks replace the cluster lock, so there is nothing to obtain. */
    private static final class NoClusterLock implements Semaphore {
        @Override
        public boolean obtainLock(Connection connection, String lockName) {
            return true;
        }

        @Override
        public void releaseLock(String lockName) {}

        @Override
        public boolean requiresConnection() {
            return true;
        }
    }

    /** The alarm that the scheduler thread waits for: only a time by this machine's clock. */
    private static final class Alarm extends org.quartz.impl.triggers.SimpleTriggerImpl {
        private static final long serialVersionUID = 1L;

        private Alarm(Date at) {
            setKey(new TriggerKey("alarm", NAME));
            setJobKey(new JobKey("fire", NAME));
            setNextFireTime(at);
        }
    }
}
