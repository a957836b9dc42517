package io.carillon.worker;

import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.intellij.lang.annotations.Language;

/** The SQL of the worker table. Every time in it is the database's. */
@ApplicationScoped
public class WorkerStore {
    @Language("SQL")
    private static final String REGISTER =
            """
            insert into worker (id, host, pid, version, capacity, state, started_at, heartbeat_at)
            values (?, ?, ?, ?, ?, 'RUNNING', clock_timestamp(), clock_timestamp())
            """;

    @Language("SQL")
    private static final String BEAT =
            """
            update worker set heartbeat_at = clock_timestamp()
            where id = ? and state in ('RUNNING', 'STOPPING')
            returning (extract(epoch from clock_timestamp()) * 1000)::bigint
            """;

    @Language("SQL")
    private static final String STOPPING =
            "update worker set state = 'STOPPING' where id = ? and state = 'RUNNING'";

    @Language("SQL")
    private static final String STOPPED =
            """
            update worker set state = 'STOPPED', stopped_at = clock_timestamp()
            where id = ? and state in ('RUNNING', 'STOPPING')
            """;

    @Language("SQL")
    private static final String MARK_SILENT =
            """
            update worker set state = 'FAILED', stopped_at = clock_timestamp()
            where id in (
                select id from worker
                where state in ('RUNNING', 'STOPPING')
                  and heartbeat_at < clock_timestamp() - ? * interval '1 millisecond'
                for update skip locked)
            """;

    @Language("SQL")
    private static final String FORGET =
            """
            delete from worker w
            where stopped_at < clock_timestamp() - interval '7 days'
              and not exists (select from execution e where e.worker_id = w.id and e.state = 'RUNNING')
            """;

    private final DataSource dataSource;
    private final DatabaseClock clock;

    WorkerStore(DataSource dataSource, DatabaseClock clock) {
        this.dataSource = dataSource;
        this.clock = clock;
    }

    void register(UUID id, String host, long pid, String version, int capacity) {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(REGISTER)) {
            statement.setObject(1, id);
            statement.setString(2, host);
            statement.setLong(3, pid);
            statement.setString(4, version);
            statement.setInt(5, capacity);
            statement.executeUpdate();
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("The worker could not be registered", failure);
        }
    }

    /** Renews the lease; false when it was given away, and then it never comes back. */
    boolean beat(UUID id) {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(BEAT)) {
            statement.setObject(1, id);
            long sentNanos = System.nanoTime();
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                clock.observe(row.getLong(1), sentNanos);
                return true;
            }
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("The lease could not be renewed", failure);
        }
    }

    void stopping(UUID id) {
        update(STOPPING, id);
    }

    void stopped(UUID id) {
        update(STOPPED, id);
    }

    /** Marks workers that have been silent for a lease; returns how many. */
    public int markSilent(Duration lease) {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(MARK_SILENT)) {
            statement.setLong(1, lease.toMillis());
            return statement.executeUpdate();
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("Silent workers could not be found", failure);
        }
    }

    /** Deletes workers that ended a week ago and hold nothing. */
    public void forgetEnded() {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(FORGET)) {
            statement.executeUpdate();
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException("Ended workers could not be forgotten", failure);
        }
    }

    private void update(String sql, UUID id) {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(sql)) {
            statement.setObject(1, id);
            statement.executeUpdate();
        } catch (SQLException failure) {
            throw new DatabaseUnavailableException(
                    "The worker's state could not be stored", failure);
        }
    }
}
