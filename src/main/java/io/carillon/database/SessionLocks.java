package io.carillon.database;

import io.quarkus.logging.Log;
import jakarta.enterprise.context.Dependent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Holds advisory locks of PostgreSQL on a session of its own, which it opens when it first needs
 * one: they are free again when they are unlocked, or when the session or the replica ends. Not for
 * several threads at once, nor for one that may be interrupted, which would end the session.
 */
@Dependent
public class SessionLocks {
    /** Tries one lock after the other, and stops at the first that it gets. */
    @Language("SQL")
    private static final String LOCK_ONE =
            "select key from unnest(?::bigint[]) as free (key) where pg_try_advisory_lock(key) limit 1";

    @Language("SQL")
    private static final String UNLOCK = "select pg_advisory_unlock(?)";

    @Language("SQL")
    private static final String UNLOCK_ALL = "select pg_advisory_unlock_all()";

    private final DataSource dataSource;
    private @Nullable Connection session;
    private int sessions;

    SessionLocks(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Counts the sessions that have ended: locks of an earlier one are not held any more. */
    public int session() {
        return sessions;
    }

    /**
     * Locks the first of these keys that nobody else has locked.
     *
     * @param keys none that this session has locked, which it would get again
     * @throws DatabaseException if PostgreSQL does not say; if the session is lost, no lock is held
     *     any more
     */
    public OptionalLong lockOneOf(long[] keys) {
        try (var statement = open().prepareStatement(LOCK_ONE)) {
            statement.setArray(1, SqlArrays.longs(open(), keys));
            try (var row = statement.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        } catch (SQLException failure) {
            if (isLost()) {
                end();
            }
            throw new DatabaseException(failure);
        }
    }

    /** A refusal, such as of one lock too many, leaves the others as they are. */
    private boolean isLost() {
        try {
            return session == null || !session.isValid(1);
        } catch (SQLException lost) {
            return true;
        }
    }

    /**
     * Unlocks a key that this session has locked.
     *
     * @throws DatabaseException if PostgreSQL does not say; then no lock is held any more
     */
    public void unlock(long key) {
        try (var statement = open().prepareStatement(UNLOCK)) {
            statement.setLong(1, key);
            statement.execute();
        } catch (SQLException lost) {
            end();
            throw new DatabaseException(lost);
        }
    }

    /** Unlocks everything, and gives the session back to the pool. */
    public void end() {
        var ended = session;
        session = null;
        sessions++;
        if (ended == null) {
            return;
        }
        try (ended;
                var statement = ended.prepareStatement(UNLOCK_ALL)) {
            statement.execute();
        } catch (SQLException lost) {
            Log.debugf("session with locks lost: %s", lost.getMessage());
        }
    }

    private Connection open() throws SQLException {
        var open = session;
        if (open == null) {
            open = dataSource.getConnection();
            session = open;
        }
        return open;
    }
}
