package io.carillon.execution.follow;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.definition.JobLock;
import io.carillon.execution.Origin;
import io.carillon.execution.SkipReason;
import io.carillon.execution.ledger.RowByRow;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.intellij.lang.annotations.Language;

/**
 * Runs the jobs that follow another job. The transaction that ends an execution only notes that a
 * job should follow, because it must not wait for other jobs' locks. Here each note becomes an
 * execution, in a transaction that takes those locks and deletes the note. If the following job is
 * paused, its run is skipped.
 */
@ApplicationScoped
public class FollowUps {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final int MAX_BESIDE_REFUSED = 100;

    @Language("SQL")
    private static final String TAKE =
            """
            delete from follow_up
            where id = (select id from follow_up order by id limit 1 offset ? for update skip locked)
            returning job_id, cause_id
            """;

    private final Database database;
    private final JobLock jobLock;
    private final JobRuns runs;
    private final RowByRow rowByRow;
    private final DatabaseClock clock;
    private final Notifications notifications;
    private final Loops loops;
    private final Loop loop;

    FollowUps(
            @BackgroundPool Database database,
            JobLock jobLock,
            JobRuns runs,
            RowByRow rowByRow,
            DatabaseClock clock,
            Notifications notifications,
            Loops loops) {
        this.database = database;
        this.jobLock = jobLock;
        this.runs = runs;
        this.rowByRow = rowByRow;
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
        var taken = runOnce();
        return taken.rows() == 0 || taken.refused() > 0 && taken.rows() < MAX_BESIDE_REFUSED
                ? PAUSE
                : Duration.ZERO;
    }

    /**
     * Runs one follow-up; if PostgreSQL refuses it, runs those behind it, each in its own
     * transaction.
     */
    public RowByRow.Taken runOnce() {
        return rowByRow.take("follow-ups", MAX_BESIDE_REFUSED, (limit, offset) -> takeOne(offset));
    }

    private int takeOne(int offset) {

        return database.inTransaction(connection -> takeOne(connection, offset));
    }

    private int takeOne(Connection connection, int offset) throws SQLException {
        UUID jobId;
        UUID causeId;
        try (var statement = connection.prepareStatement(TAKE)) {
            statement.setInt(1, offset);
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return 0;
                }
                jobId = row.getObject(1, UUID.class);
                causeId = row.getObject(2, UUID.class);
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
                runs.addSkipped(connection, wanted, SkipReason.PAUSED);
            }
        }
        return 1;
    }
}
