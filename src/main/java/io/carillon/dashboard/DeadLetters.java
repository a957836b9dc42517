package io.carillon.dashboard;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.execution.ledger.FailedExecutions.Failed;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Groups dead letters by job and error, the group with the latest first. A page shows the first of
 * them, so that it stays small however many there are.
 *
 * @param total how many were looked at
 * @param isCut whether there are more, older ones
 */
public record DeadLetters(List<Group> groups, int total, boolean isCut) {
    private static final int SHOWN = 40;
    private static final int ERRORS = 20;

    /**
     * The dead letters of one job, or of one type of submissions, with one error.
     *
     * @param last the latest of them
     * @param first when the earliest of them failed
     * @param seen selects them, but none that failed after the last of them: the body of the calls
     *     that replay and dismiss them
     */
    public record Group(
            @Nullable UUID jobId,
            String name,
            String namespace,
            String code,
            int count,
            Failed last,
            Instant first,
            String seen) {}

    private record Key(@Nullable UUID jobId, String type, String namespace, String code) {}

    /**
     * @param failed latest first
     * @param names of the jobs
     * @param limit how many were asked for
     */
    public static DeadLetters of(List<Failed> failed, Map<UUID, String> names, int limit) {
        var byKey = new LinkedHashMap<Key, List<Failed>>();
        for (var each : failed) {
            String type = each.jobId() == null ? each.type() : "";
            byKey.computeIfAbsent(
                            new Key(each.jobId(), type, each.namespace(), each.code()),
                            absent -> new ArrayList<>())
                    .add(each);
        }
        var groups =
                byKey.entrySet().stream()
                        .map(entry -> group(entry.getKey(), entry.getValue(), names))
                        .toList();
        return new DeadLetters(groups, failed.size(), failed.size() == limit);
    }

    private static Group group(Key key, List<Failed> latestFirst, Map<UUID, String> names) {
        var body = JsonNodeFactory.instance.objectNode();
        var filter = body.putObject("filter").put("errorCode", key.code);
        if (key.jobId == null) {
            filter.put("submitted", true).put("type", key.type).put("namespace", key.namespace);
        } else {
            filter.put("jobId", key.jobId.toString());
        }
        filter.put("to", afterwards(latestFirst.getFirst()));
        String name =
                key.jobId == null
                        ? key.type + " (submitted)"
                        : names.getOrDefault(key.jobId, key.jobId.toString());
        return new Group(
                key.jobId,
                name,
                key.namespace,
                key.code,
                latestFirst.size(),
                latestFirst.getFirst(),
                latestFirst.getLast().finishedAt(),
                body.toString());
    }

    /** Returns the groups that a page shows. */
    public List<Group> shown() {
        return groups.subList(0, Math.min(groups.size(), SHOWN));
    }

    /** How many groups a page does not show. */
    public int left() {
        return groups.size() - shown().size();
    }

    /**
     * The dead letters of several jobs with one error.
     *
     * @param filter selects them for a replay: the body of the call
     */
    public record Error(String code, int count, int jobs, String filter) {}

    /** Returns the errors that more than one job has, the most frequent first, up to twenty. */
    public List<Error> errors() {
        var byCode = groups.stream().collect(Collectors.groupingBy(Group::code));
        return byCode.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1 && !entry.getKey().isEmpty())
                .map(entry -> error(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(Error::count).reversed())
                .limit(ERRORS)
                .toList();
    }

    private static Error error(String code, List<Group> groups) {
        var body = JsonNodeFactory.instance.objectNode();
        body.putObject("filter").put("errorCode", code);
        return new Error(
                code, groups.stream().mapToInt(Group::count).sum(), groups.size(), body.toString());
    }

    /** Returns the body of the call that dismisses all of them, but none that failed later. */
    public String seen() {
        var body = JsonNodeFactory.instance.objectNode();
        var filter = body.putObject("filter");
        groups.stream()
                .map(Group::last)
                .max(Comparator.comparing(Failed::finishedAt))
                .ifPresent(last -> filter.put("to", afterwards(last)));
        return body.toString();
    }

    /** Returns the first time that PostgreSQL knows after the end of a dead letter. */
    private static String afterwards(Failed failed) {
        return failed.finishedAt().plus(1, ChronoUnit.MICROS).toString();
    }
}
