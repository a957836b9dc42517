package io.carillon.execution.submission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.json.Json;
import io.carillon.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Orders a batch so that each submission comes after those it depends on (Kahn, 1962), and finds
 * cycles. Also makes the fingerprint by which equal submissions are recognised.
 */
@ApplicationScoped
class SubmissionOrder {
    private final Json json;

    SubmissionOrder(Json json) {
        this.json = json;
    }

    /**
     * @param indexes the submissions' positions, each after those it depends on
     * @param refused the submissions that cannot be ordered, and why
     */
    record Ordered(
            List<Integer> indexes,
            Map<Integer, ProblemException> refused,
            Map<Integer, List<Integer>> insideOf,
            Map<Integer, List<UUID>> outsideOf,
            Set<Integer> followed) {

        /** Returns the submissions of the batch that this one depends on. */
        List<Integer> inside(int index) {
            return insideOf.getOrDefault(index, List.of());
        }

        /** Returns the executions outside the batch that this one depends on. */
        List<UUID> outside(int index) {
            return outsideOf.getOrDefault(index, List.of());
        }

        boolean isFollowed(int index) {
            return followed.contains(index);
        }
    }

    /**
     * Orders the submissions of a batch.
     *
     * @param refusedRefs the refs of those that could not even be read
     */
    Ordered of(SortedMap<Integer, SubmissionRequest> requests, Set<String> refusedRefs) {
        var ordered =
                new Ordered(
                        new ArrayList<>(),
                        new TreeMap<>(),
                        new HashMap<>(),
                        new HashMap<>(),
                        new HashSet<>());
        var byRef = byRef(requests, ordered);
        requests.forEach((index, request) -> resolve(index, request, byRef, refusedRefs, ordered));
        sort(requests, ordered);
        return ordered;
    }

    private static Map<String, Integer> byRef(
            SortedMap<Integer, SubmissionRequest> requests, Ordered ordered) {
        var byRef = new LinkedHashMap<String, Integer>();
        requests.forEach(
                (index, request) -> {
                    if (request.ref() != null && byRef.putIfAbsent(request.ref(), index) != null) {
                        ordered.refused.put(
                                index,
                                ProblemException.invalid(
                                        "ref", "'" + request.ref() + "' occurs twice"));
                    }
                });
        return byRef;
    }

    private static void resolve(
            int index,
            SubmissionRequest request,
            Map<String, Integer> byRef,
            Set<String> refusedRefs,
            Ordered ordered) {
        var dependsOn = request.dependsOn() == null ? List.<String>of() : request.dependsOn();
        for (int position = 0; position < dependsOn.size(); position++) {
            String name = dependsOn.get(position);
            Integer other = byRef.get(name);
            if (other != null) {
                ordered.followed.add(other);
                var inside = ordered.insideOf.computeIfAbsent(index, none -> new ArrayList<>());
                if (!inside.contains(other)) {
                    inside.add(other);
                }
                continue;
            }
            if (refusedRefs.contains(name)) {
                ordered.refused.putIfAbsent(
                        index,
                        ProblemException.invalid(
                                "dependsOn", "depends on a submission that was refused"));
                continue;
            }
            try {
                var id = UUID.fromString(name);
                var outside = ordered.outsideOf.computeIfAbsent(index, none -> new ArrayList<>());
                if (!outside.contains(id)) {
                    outside.add(id);
                }
            } catch (IllegalArgumentException noId) {
                ordered.refused.putIfAbsent(
                        index,
                        ProblemException.invalid(
                                "dependsOn[" + position + "]",
                                "'"
                                        + name
                                        + "' is neither the id of an execution nor a ref in this batch"));
            }
        }
    }

    private static void sort(SortedMap<Integer, SubmissionRequest> requests, Ordered ordered) {
        var missing = new HashMap<Integer, Integer>();
        var followers = new HashMap<Integer, List<Integer>>();
        var ready = new ArrayDeque<Integer>();
        for (int index : requests.keySet()) {
            var inside = ordered.inside(index);
            missing.put(index, inside.size());
            inside.forEach(
                    other ->
                            followers.computeIfAbsent(other, none -> new ArrayList<>()).add(index));
            if (inside.isEmpty()) {
                ready.add(index);
            }
        }
        while (!ready.isEmpty()) {
            int index = ready.remove();
            ordered.indexes.add(index);
            for (int follower : followers.getOrDefault(index, List.of())) {
                if (missing.merge(follower, -1, Integer::sum) == 0) {
                    ready.add(follower);
                }
            }
        }
        if (ordered.indexes.size() < requests.size()) {
            for (int index : requests.keySet()) {
                if (missing.getOrDefault(index, 0) > 0) {
                    ordered.refused.put(
                            index,
                            ProblemException.invalid(
                                    "dependsOn", "is part of a cycle, or depends on one"));
                }
            }
        }
    }

    /** SHA-256 of a submission without its key; the order of JSON fields does not matter. */
    byte[] fingerprint(SubmissionRequest request) {
        var tree = (ObjectNode) json.tree((Object) request);
        tree.remove("idempotencyKey");
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(json.text(sorted(tree)).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static JsonNode sorted(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                var fields = new TreeMap<String, JsonNode>();
                object.properties()
                        .forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
                ObjectNode copy = JsonNodeFactory.instance.objectNode();
                fields.forEach(copy::set);
                yield copy;
            }
            case ArrayNode array -> {
                var copy = JsonNodeFactory.instance.arrayNode();
                array.forEach(each -> copy.add(sorted(each)));
                yield copy;
            }
            default -> node;
        };
    }
}
