package io.carillon.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The jobs of a run: each with the request that creates it and the plan to hold it to. */
final class Jobs {
    /** Patient enough for any fault that there is. */
    static final Map<String, Object> RETRY =
            Map.of("maxAttempts", 100, "backoff", "FIXED", "delay", "300ms", "jitter", 0);

    static final String TIMEOUT = "5s";

    /** How many jobs there are for faults to make unreadable. */
    static final int VICTIMS = 12;

    private static final int PLAIN = 14;

    private final Target target;
    private final Instant startAt;
    private final Instant endAt;

    /** A job to be created. */
    record Wanted(Plan plan, Map<String, Object> request) {}

    Jobs(Target target, Instant startAt, Instant endAt) {
        this.target = target;
        this.startAt = startAt;
        this.endAt = endAt;
    }

    /** Those with which a run begins; a job stands after the one that it follows. */
    List<Wanted> first(Random random) {
        var all = new ArrayList<Wanted>();
        for (int index = 0; index < PLAIN; index++) {
            all.add(plain("least-" + index, "AT_LEAST_ONCE", random));
            if (index % 2 == 0) {
                all.add(plain("most-" + index, "AT_MOST_ONCE", random));
            }
        }
        for (int index = 0; index < VICTIMS; index++) {
            all.add(plain("victim-" + index, "AT_LEAST_ONCE", random));
        }
        for (var overlap : List.of("SKIP", "QUEUE_ONE", "QUEUE_ALL", "CANCEL_RUNNING")) {
            // Slower than its interval, but where all wait.
            int seconds = overlap.equals("QUEUE_ALL") ? 3 : 1;
            all.add(overlapping("overlap-" + overlap, Duration.ofSeconds(seconds), overlap));
        }
        for (var misfire : List.of("SKIP", "FIRE_ONCE")) {
            var wanted = scheduled("misfire-" + misfire, "/ok/", Duration.ofSeconds(2), false);
            wanted.request.put("misfire", misfire);
            all.add(wanted);
        }
        var noop = scheduled("noop-a", "/ok/", Duration.ofSeconds(1), true);
        noop.request.put("type", "noop");
        noop.request.put("config", Map.of("sleep", "20ms", "failures", 1));
        all.add(noop);
        all.add(scheduled("refused", "/refuse/", Duration.ofSeconds(3), true));
        all.add(following("after-success", "least-0", "SUCCESS"));
        all.add(following("after-failure", "refused", "FAILURE"));
        all.add(following("after-any", "most-0", "ANY"));
        all.add(following("after-that", "after-any", "ANY"));
        all.add(following("after-cancelled", "overlap-CANCEL_RUNNING", "ANY"));
        return all;
    }

    /** One of several intervals, all instants to be run. */
    Wanted plain(String name, String delivery, Random random) {
        var every = Duration.ofMillis(500L * random.nextInt(2, 9));
        var wanted = scheduled(name, random.nextInt(4) == 0 ? "/flaky/" : "/ok/", every, true);
        wanted.request.put("delivery", delivery);
        return wanted;
    }

    /** What it misses in an outage is not caught up: one by one that would take long. */
    private Wanted overlapping(String name, Duration every, String overlap) {
        var wanted =
                wanted(new Plan(name, every, startAt, endAt, overlap, false, null, null), "/slow/");
        wanted.request.put("misfire", "FIRE_ONCE");
        return wanted;
    }

    private Wanted scheduled(String name, String path, Duration every, boolean mustRun) {
        return wanted(new Plan(name, every, startAt, endAt, "ALLOW", mustRun, null, null), path);
    }

    private Wanted following(String name, String after, String on) {
        return wanted(new Plan(name, null, startAt, endAt, "ALLOW", true, after, on), "/ok/");
    }

    private Wanted wanted(Plan plan, String path) {
        var request = new LinkedHashMap<String, Object>();
        request.put("name", plan.name());
        request.put("type", "http");
        request.put("config", Map.of("url", target.url(path + plan.name())));
        request.put("timeout", TIMEOUT);
        request.put("retry", RETRY);
        request.put("overlap", plan.overlap());
        @Nullable Duration every = plan.every();
        if (every != null) {
            request.put(
                    "schedule",
                    Map.of(
                            "every",
                            every.toMillis() + "ms",
                            "startAt",
                            startAt.toString(),
                            "endAt",
                            endAt.toString()));
            request.put("misfire", "FIRE_ALL");
            request.put("catchUpLimit", 10_000);
        }
        var after = plan.after();
        var on = plan.on();
        if (after != null && on != null) {
            request.put("after", Map.of("job", after, "on", on));
        }
        return new Wanted(plan, request);
    }
}
