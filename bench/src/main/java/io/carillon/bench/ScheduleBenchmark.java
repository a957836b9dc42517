package io.carillon.bench;

import io.carillon.schedule.Exclusion;
import io.carillon.schedule.Exclusion.Excluded;
import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a next planned instant costs, asked from random instants of twenty years. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScheduleBenchmark {
    private static final int QUESTIONS = 4096;
    private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");

    /** What a schedule is made of; of the last three, what refines a daily one at nine. */
    @Param({
        "* * * * *",
        "0 9 * * MON-FRI",
        "*/7 3-20/4 1,15 * *",
        "30 2 L * *",
        "0 12 15W * *",
        "0 0 29 2 MON",
        "15 30 4 * * 6#5",
        "every",
        "jitter",
        "exclude",
        "jitter and exclude"
    })
    public String schedule = "";

    private final Instant[] questions = new Instant[QUESTIONS];
    private @Nullable Schedule compiled;
    private int next;

    @Setup
    public void compile() {
        var random = new Random(1);
        for (int i = 0; i < QUESTIONS; i++) {
            questions[i] = START.plusMillis(random.nextLong(Duration.ofDays(7300).toMillis()));
        }
        compiled = spec().compile(START, "a job", Map.of("holidays", new Holidays()));
    }

    private ScheduleSpec spec() {
        if (schedule.equals("every")) {
            return new ScheduleSpec(null, Duration.ofSeconds(90), null, null, null, null, null);
        }
        boolean isCron = !schedule.contains("jitter") && !schedule.contains("exclude");
        return new ScheduleSpec(
                isCron ? schedule : "0 9 * * *",
                null,
                null,
                "Europe/Paris",
                null,
                null,
                null,
                schedule.contains("exclude") ? List.of("holidays") : null,
                schedule.contains("jitter") ? Duration.ofMinutes(10) : null,
                null);
    }

    @Benchmark
    public @Nullable Instant next() {
        next = (next + 1) % QUESTIONS;
        return compiled == null ? null : compiled.next(questions[next]);
    }

    @Benchmark
    public @Nullable Instant previous() {
        next = (next + 1) % QUESTIONS;
        return compiled == null ? null : compiled.previous(questions[next]);
    }

    /** The weekends, in UTC: two days of seven, more than most calendars exclude. */
    private static final class Holidays implements Exclusion {
        @Override
        public @Nullable Excluded at(Instant instant) {
            var date = LocalDate.ofInstant(instant, ZoneOffset.UTC);
            if (date.getDayOfWeek().getValue() < 6) {
                return null;
            }
            var midnight = instant.truncatedTo(ChronoUnit.DAYS);
            return new Excluded(midnight, midnight.plus(Duration.ofDays(1)), "holidays", "weekend");
        }
    }
}
