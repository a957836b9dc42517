package io.carillon.execution.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailureLogTest {
    private static final UUID JOB = UUID.fromString("01912345-0000-7000-8000-000000000001");

    private final List<String> lines = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final FailureLog log = new FailureLog(lines::add, nanos::get);

    @Test
    void aFailureIsOneLineThatNamesAll() {
        var id = UUID.randomUUID();

        log.failed(JOB, "http", id, 3, "HTTP_STATUS", "the target\nanswered 500");

        assertThat(lines)
                .containsExactly(
                        "execution failed for good jobId=%s executionId=%s attempt=3 code=HTTP_STATUS: the target answered 500"
                                .formatted(JOB, id));
    }

    @Test
    void ofThousandsThatFailAlikeTheFirstAreToldAndThenHowMany() {
        fail(JOB, "HTTP_STATUS", 3000);
        fail(JOB, "TIMEOUT", 1);
        assertThat(lines).hasSize(FailureLog.LINES_OF_A_KIND + 1);

        lines.clear();
        nanos.addAndGet(FailureLog.WINDOW.toNanos());
        log.tellWhatWasLeftOut();

        assertThat(lines)
                .containsExactly(
                        "executions failed for good jobId=%s code=HTTP_STATUS: %d more in the last minute"
                                .formatted(JOB, 3000 - FailureLog.LINES_OF_A_KIND));
        lines.clear();
        log.tellWhatWasLeftOut();
        assertThat(lines).isEmpty();
        fail(JOB, "HTTP_STATUS", 1);
        assertThat(lines).hasSize(1);
    }

    @Test
    void thousandsOfJobsThatFailAtOnceAreBoundedToo() {
        for (int job = 0; job < 2000; job++) {
            fail(UUID.randomUUID(), "HTTP_CONNECT", 1);
        }
        assertThat(lines).hasSize(FailureLog.LINES);

        lines.clear();
        nanos.addAndGet(FailureLog.WINDOW.toNanos());
        log.tellWhatWasLeftOut();

        assertThat(lines)
                .containsExactly(
                        "executions failed for good: 1900 more of other jobs and codes in the last minute");
    }

    private void fail(UUID job, String code, int count) {
        for (int each = 0; each < count; each++) {
            log.failed(job, "http", UUID.randomUUID(), 1, code, "told to");
        }
    }
}
