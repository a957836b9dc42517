package io.carillon.firing;

import io.carillon.database.DatabaseClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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
 * Quartz's clustered JDBC store without its cluster-wide lock. It keeps the tables, the scheduler
 * thread and the calls; of the hot path it keeps nothing: what is acquired is a mere alarm for the
 * next due time, and firing hands the due triggers of that time to {@link Firing}. There is no
 * acquired state, hence no recovery, no check-in and no misfire thread.
 */
final class FiringJobStore extends JobStoreSupport {
    /** The scheduler's name: SCHED_NAME in every row. */
    static final String NAME = "carillon";

    private static final Duration RETRY_DELAY = Duration.ofMillis(500);

    private final DataSource dataSource;
    private final Firing firing;
    private final DatabaseClock clock;
    private final FiringConfig config;
    private final DriverDelegate delegate;
    private volatile @Nullable SchedulerSignaler signaler;
    private volatile long lookedNanos = System.nanoTime();
    private volatile boolean shutDown;

    FiringJobStore(
            DataSource dataSource,
            Firing firing,
            FiringPlans plans,
            DatabaseClock clock,
            FiringConfig config) {
        this.dataSource = dataSource;
        this.firing = firing;
        this.clock = clock;
        this.config = config;
        this.delegate = new Delegate(plans);
        setDataSource(NAME);
        setIsClustered(true);
        setLockHandler(new NoClusterLock());
    }

    // The hot path

    /** Looks when something is due within the poll interval; claims nothing. */
    @Override
    public List<OperableTrigger> acquireNextTriggers(
            long noLaterThan, int maxCount, long timeWindow) throws JobPersistenceException {
        try {
            var next = firing.nextDue();
            lookedNanos = System.nanoTime();
            // Quartz's thread clears the list if something nearer comes while it waits.
            var due = new ArrayList<OperableTrigger>();
            if (next != null && !next.isAfter(clock.now().plus(config.poll()))) {
                due.add(new Alarm(new Date(clock.wallMillisAt(next.toEpochMilli()))));
            }
            return due;
        } catch (SQLException | RuntimeException failure) {
            throw new JobPersistenceException("Due triggers could not be looked for", failure);
        }
    }

    /**
     * Fires everything that is due. Quartz gets no bundle: the work is in the ledger, and there is
     * nothing left for its thread pool to do.
     */
    @Override
    public List<TriggerFiredResult> triggersFired(List<OperableTrigger> alarms)
            throws JobPersistenceException {
        try {
            while (!shutDown && firing.fire(config.batchSize()).more()) {
                lookedNanos = System.nanoTime();
            }
            return List.of();
        } catch (SQLException | RuntimeException failure) {
            throw new JobPersistenceException("Due triggers could not be fired", failure);
        }
    }

    @Override
    public void releaseAcquiredTrigger(OperableTrigger alarm) {}

    @Override
    public void triggeredJobComplete(
            OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {}

    /** How long ago triggers were last looked for. */
    Duration sinceLastLook() {
        return Duration.ofNanos(System.nanoTime() - lookedNanos);
    }

    /** Has the scheduler thread look again, if {@code nextFireTime} is before what it waits for. */
    void wake(long nextFireTime) {
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
        shutDown = true;
    }

    @Override
    public long getAcquireRetryDelay(int failureCount) {
        return RETRY_DELAY.toMillis();
    }

    // What the inherited calls stand on

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

    /** PostgreSQL's statements, with the trigger type of our own; made without reflection. */
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

    /** Row locks take its place, so there is nothing to obtain. */
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

    /** What the scheduler thread waits for: a time by this machine's clock, and nothing else. */
    private static final class Alarm extends org.quartz.impl.triggers.SimpleTriggerImpl {
        private static final long serialVersionUID = 1L;

        private Alarm(Date at) {
            setKey(new TriggerKey("alarm", NAME));
            setJobKey(new JobKey("fire", NAME));
            setNextFireTime(at);
        }
    }
}
