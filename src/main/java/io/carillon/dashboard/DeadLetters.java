package io.carillon.dashboard;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.execution.ledger.FailedExecutions.Failed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Groups dead letters by job and error, the group with the latest first.
 *
 * @param total how many were looked at
 * @param isCut whether there are more, older ones
 */
public record DeadLetters(List<Group> groups, int total, boolean isCut) {

    /**
     * The dead letters of one job, or of one type of submissions, with one error.
     *
     * @param last the latest of them
     * @param first when the earliest of them failed
     * @param filter selects them for a replay: the body of the call
     */
    public record Group(
            @Nullable UUID jobId,
            String name,
            String namespace,
            String code,
            int count,
            Failed last,
            Instant first,
            String filter) {}

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
            filter.put("type", key.type).put("namespace", key.namespace);
        } else {
            filter.put("jobId", key.jobId.toString());
        }
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
}
