package io.carillon.execution.dispatch;

import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Logs one line for each execution that fails for good, but not thousands if thousands fail alike.
 * In a {@link #WINDOW} it logs at most {@link #LINES_OF_A_KIND} lines for a job (or a type, if
 * there is no job) and code, and {@link #LINES} in all. At the end of the window it logs how many
 * it left out.
 */
@ApplicationScoped
class FailureLog {
    static final int LINES_OF_A_KIND = 5;
    static final int LINES = 100;
    static final Duration WINDOW = Duration.ofMinutes(1);

    private static final int LONGEST_MESSAGE = 500;

    private final Consumer<String> log;
    private final LongSupplier nanoTime;
    private final Map<Kind, Count> seen = new LinkedHashMap<>();
    private int lines;
    private long ofOtherKinds;
    private long windowNanos;

    /** A group of executions that fail alike. */
    private record Kind(String whose, String code) {}

    private record Count(int told, int leftOut) {}

    FailureLog() {
        this(line -> Log.warn(line), System::nanoTime);
    }

    FailureLog(Consumer<String> log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
        this.windowNanos = nanoTime.getAsLong();
    }

    /** Logs an execution that has failed for good. */
    synchronized void failed(
            @Nullable UUID jobId,
            @Nullable String type,
            UUID executionId,
            int attempt,
            String code,
            String message) {
        tellWhatWasLeftOut();
        var kind = new Kind(jobId == null ? "type=" + type : "jobId=" + jobId, code);
        var before = seen.getOrDefault(kind, new Count(0, 0));
        if (lines >= LINES && !seen.containsKey(kind)) {
            ofOtherKinds++;
        } else if (lines >= LINES || before.told >= LINES_OF_A_KIND) {
            seen.put(kind, new Count(before.told, before.leftOut + 1));
        } else {
            lines++;
            seen.put(kind, new Count(before.told + 1, 0));
            var keys = new LinkedHashMap<String, Object>();
            keys.put("executionId", executionId);
            keys.put("attempt", attempt);
            keys.put("code", code);
            if (jobId != null) {
                keys.put("jobId", jobId);
            }
            withKeys(
                    keys,
                    "execution failed for good jobId=%s executionId=%s attempt=%d code=%s: %s"
                            .formatted(jobId, executionId, attempt, code, oneLine(message)));
        }
    }

    /** Logs a line whose keys are fields of their own where the log is JSON. */
    private void withKeys(Map<String, Object> keys, String line) {
        keys.forEach((key, value) -> MDC.put(key, value.toString()));
        try {
            log.accept(line);
        } finally {
            keys.keySet().forEach(MDC::remove);
        }
    }

    /** Ends the window once it is over; call it from time to time. */
    synchronized void tellWhatWasLeftOut() {
        long now = nanoTime.getAsLong();
        if (now - windowNanos < WINDOW.toNanos()) {
            return;
        }
        long more = ofOtherKinds;
        int told = 0;
        for (var each : seen.entrySet()) {
            int leftOut = each.getValue().leftOut;
            if (leftOut == 0) {
                continue;
            }
            if (told++ < LINES_OF_A_KIND) {
                log.accept(
                        "executions failed for good %s code=%s: %d more in the last minute"
                                .formatted(each.getKey().whose, each.getKey().code, leftOut));
            } else {
                more += leftOut;
            }
        }
        if (more > 0) {
            log.accept(
                    "executions failed for good: %d more of other jobs and codes in the last minute"
                            .formatted(more));
        }
        seen.clear();
        lines = 0;
        ofOtherKinds = 0;
        windowNanos = now;
    }

    /** Keeps a target's text from looking like a separate log line. */
    private static String oneLine(String message) {
        var line = message.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…";
    }
}
