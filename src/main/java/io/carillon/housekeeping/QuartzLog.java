package io.carillon.housekeeping;

import io.carillon.replica.Rounds;
import java.sql.SQLException;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shortens what Quartz's clustered scheduler logs about an unreachable database to one line: each
 * of its threads would log a stack trace every minute. All other messages pass.
 */
final class QuartzLog implements Filter {
    /**
     * Keeps references, because a logger without references is collected and made again without its
     * filter.
     */
    private final List<Logger> loggers;

    private final Rounds rounds;

    QuartzLog(Rounds rounds) {
        this.rounds = rounds;
        this.loggers =
                Stream.of(
                                "org.quartz.core.ErrorLogger",
                                "org.quartz.core.JobRunShell",
                                "org.quartz.core.QuartzSchedulerThread",
                                "org.quartz.impl.jdbcjobstore.JobStoreCMT",
                                "org.quartz.impl.jdbcjobstore.StdRowLockSemaphore")
                        .map(Logger::getLogger)
                        .toList();
    }

    void install() {
        loggers.forEach(logger -> logger.setFilter(this));
    }

    /** Records that the replica stops: from now on failures are not logged. */
    void stop() {
        rounds.stop();
    }

    @Override
    public boolean isLoggable(LogRecord logged) {
        var ofDatabase = ofDatabase(logged.getThrown());
        if (ofDatabase == null) {
            return true;
        }
        // Several threads of the scheduler log here, but Rounds is for one thread.
        synchronized (rounds) {
            rounds.failed(ofDatabase);
        }
        return false;
    }

    private static @Nullable SQLException ofDatabase(@Nullable Throwable thrown) {
        for (var cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException ofDatabase) {
                return ofDatabase;
            }
        }
        return null;
    }
}
