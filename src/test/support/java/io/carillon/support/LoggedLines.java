package io.carillon.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/** What is logged while it is open. */
public final class LoggedLines extends Handler implements AutoCloseable {
    private static final Logger ROOT = Logger.getLogger("");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> withStackTrace = new CopyOnWriteArrayList<>();

    private LoggedLines() {}

    /** Lines of level WARN and above. */
    public static LoggedLines ofWarnings() {
        return of(Level.WARNING);
    }

    /** All lines that are logged at all. */
    public static LoggedLines ofAll() {
        return of(Level.ALL);
    }

    private static LoggedLines of(Level level) {
        var lines = new LoggedLines();
        lines.setLevel(level);
        ROOT.addHandler(lines);
        return lines;
    }

    public List<String> all() {
        return List.copyOf(lines);
    }

    public List<String> withStackTrace() {
        return List.copyOf(withStackTrace);
    }

    @Override
    public void publish(LogRecord logged) {
        if (!isLoggable(logged)) {
            return;
        }
        String message =
                logged instanceof ExtLogRecord extended
                        ? extended.getFormattedMessage()
                        : logged.getMessage();
        String line = logged.getLoggerName() + ": " + message;
        lines.add(line);
        if (logged.getThrown() != null) {
            withStackTrace.add(line);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        ROOT.removeHandler(this);
    }
}
