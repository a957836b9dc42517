package io.carillon.dashboard.executions;

import io.carillon.dashboard.ExecutionTable;
import io.carillon.execution.ledger.ExecutionView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Groups dead letters by job and error.
 *
 * @param total how many were looked at
 * @param isCut whether there are more, older ones
 */
record DeadLetters(List<Group> groups, int total, boolean isCut) {

    /**
     * The dead letters of one job, or of one type of submissions, with one error.
     *
     * @param last the latest of them
     * @param filter selects them for a replay, as JSON
     */
    record Group(
            @Nullable UUID jobId,
            String name,
            String namespace,
            String code,
            String message,
            int count,
            ExecutionView last,
            Instant first,
            String filter) {}

    private record Key(String name, @Nullable UUID jobId, String namespace, String code) {}

    /**
     * @param failed newest first
     * @param names of the jobs
     */
    static DeadLetters of(List<ExecutionView> failed, Map<UUID, String> names, boolean isCut) {
        var byKey = new LinkedHashMap<Key, List<ExecutionView>>();
        int total = 0;
        for (var each : failed) {
            if (each.replayedBy() != null) {
                continue;
            }
            total++;
            var key =
                    new Key(
                            ExecutionTable.nameOf(each, names),
                            each.jobId(),
                            each.namespace(),
                            text(each, "code"));
            byKey.computeIfAbsent(key, absent -> new ArrayList<>()).add(each);
        }
        var groups =
                byKey.entrySet().stream().map(entry -> group(entry.getKey(), entry.getValue()));
        return new DeadLetters(groups.toList(), total, isCut);
    }

    private static Group group(Key key, List<ExecutionView> newestFirst) {
        var last = newestFirst.getFirst();
        String of =
                key.jobId == null
                        ? "\"type\": \"%s\", \"namespace\": \"%s\""
                                .formatted(last.type(), key.namespace)
                        : "\"jobId\": \"%s\"".formatted(key.jobId);
        return new Group(
                key.jobId,
                key.name,
                key.namespace,
                key.code,
                text(last, "message"),
                newestFirst.size(),
                last,
                newestFirst.getLast().scheduledAt(),
                "{\"filter\": {%s, \"errorCode\": \"%s\"}}".formatted(of, key.code));
    }

    private static String text(ExecutionView execution, String field) {
        return execution.error() == null ? "" : execution.error().path(field).asText();
    }
}
