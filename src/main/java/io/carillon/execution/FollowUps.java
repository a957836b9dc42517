package io.carillon.execution;

import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseUnavailableException;
import io.carillon.database.ForLoops;
import io.carillon.database.Notifications;
import io.carillon.database.SqlFailures;
import io.carillon.database.StartOrder;
import io.carillon.database.Topic;
import io.carillon.database.Transactions;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.intellij.lang.annotations.Language;

/**
 * Runs the jobs that follow a job. Whoever ends an execution only notes the wish, because it must
 * not wait for other jobs' locks; here each wish becomes an execution in a transaction that takes
 * those locks and the wish together. A job that is paused has its run skipped.
 */
@ApplicationScoped
class FollowUps {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MOST_TOLD = 1000;

    @Language("SQL")
    private static final String TAKE =
            """
            delete from follow_up
            where id = (select id from follow_up where id > ? order by id limit 1 for update skip locked)
            returning job_id, cause_id, id
            """;

    private final DataSource dataSource;
    private final JobLock jobLock;
    private final JobRuns runs;
    private final DatabaseClock clock;
    private final Notifications notifications;
    private final Loops loops;
    private final Loop loop;

    /** The last that could not be run for a fault of its own, in this pass. */
    private long passedOver;

    /** Those that the log has told of. */
    private final Set<Long> told = new HashSet<>();

    FollowUps(
            @ForLoops DataSource dataSource,
            JobLock jobLock,
            JobRuns runs,
            DatabaseClock clock,
            Notifications notifications,
            Loops loops) {
        this.dataSource = dataSource;
        this.jobLock = jobLock;
        this.runs = runs;
        this.clock = clock;
        this.notifications = notifications;
        this.loops = loops;
        this.loop = loops.vital("follow-ups", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        notifications.on(Topic.FOLLOW_UP, argument -> loop.wake());
        loops.start(loop);
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        return runOnce() ? Duration.ZERO : PAUSE;
    }

    /** Runs one; false when there is none to be taken. */
    boolean runOnce() {
        var id = new AtomicLong();
        try {
            boolean isTaken = Transactions.of(dataSource, connection -> takeOne(connection, id));
            if (!isTaken) {
                passedOver = 0;
            }
            return isTaken;
        } catch (SQLException | RuntimeException failure) {
            if (id.get() > 0 && SqlFailures.isOfData(failure)) {
                passOver(id.get(), failure);
                return true;
            }
            throw new DatabaseUnavailableException("Following jobs could not be run", failure);
        }
    }

    /** It stays, and is tried again when those after it have been taken. */
    private void passOver(long id, Exception failure) {
        passedOver = id;
        if (told.size() >= MOST_TOLD) {
            told.clear();
        }
        if (told.add(id)) {
            Log.warnf("following job not run, trying again id=%d: %s", id, failure.getMessage());
        }
    }

    private boolean takeOne(Connection connection, AtomicLong id) throws SQLException {
        UUID jobId;
        UUID causeId;
        try (var statement = connection.prepareStatement(TAKE)) {
            statement.setLong(1, passedOver);
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                jobId = row.getObject(1, UUID.class);
                causeId = row.getObject(2, UUID.class);
                id.set(row.getLong(3));
            }
        }
        var job = jobLock.lock(connection, jobId);
        if (job.isPresent()) {
            var wanted =
                    new JobRuns.Wanted(
                            jobId, Origin.DEPENDENCY, clock.now(), null, null, null, causeId);
            if (job.get().isEnabled()) {
                runs.add(connection, wanted, job.get().overlap());
            } else {
                runs.addSkipped(connection, wanted, "PAUSED");
            }
        }
        return true;
    }
}
