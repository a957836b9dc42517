package io.carillon.execution.submission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.json.Jsons;
import io.carillon.support.Generate;
import io.carillon.support.Seeded;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SubmissionOrderTest {
    private final SubmissionOrder order = new SubmissionOrder(Jsons.plain());

    /** Each depends on earlier ones only, as they are numbered; the batch has them in any order. */
    @Seeded
    void eachComesAfterAllItDependsOn(long seed) {
        var random = new Random(seed);
        int size = Generate.between(random, 1, 30);
        var positions = new ArrayList<Integer>();
        for (int index = 0; index < size; index++) {
            positions.add(index);
        }
        Collections.shuffle(positions, random);
        var requests = new TreeMap<Integer, SubmissionRequest>();
        for (int index = 0; index < size; index++) {
            var dependsOn =
                    index == 0
                            ? List.<String>of()
                            : List.of("r" + random.nextInt(index), "r" + (index - 1));
            requests.put(positions.get(index), request("r" + index, dependsOn));
        }

        var ordered = order.of(requests, Set.of());

        assertThat(ordered.refused()).isEmpty();
        assertThat(ordered.indexes()).containsExactlyInAnyOrderElementsOf(positions);
        for (int index : ordered.indexes()) {
            for (int before : ordered.inside(index)) {
                assertThat(ordered.indexes().indexOf(before))
                        .isLessThan(ordered.indexes().indexOf(index));
                assertThat(ordered.isFollowed(before)).isTrue();
            }
        }
    }

    @Test
    void aCycleAndWhatWaitsForItAreRefused() {
        var ordered =
                order.of(
                        batch(
                                request("a", List.of("c")),
                                request("b", List.of("a")),
                                request("c", List.of("b")),
                                request("d", List.of("b")),
                                request("e", List.of())),
                        Set.of());

        assertThat(ordered.refused()).containsOnlyKeys(0, 1, 2, 3);
        assertThat(ordered.indexes()).containsExactly(4);
    }

    @Test
    void idsAreOutsideTheBatchAndRefsInsideIt() {
        var id = java.util.UUID.randomUUID();

        var ordered =
                order.of(
                        batch(
                                request("a", List.of()),
                                request(null, List.of("a", id.toString(), "a", id.toString()))),
                        Set.of());

        assertThat(ordered.inside(1)).containsExactly(0);
        assertThat(ordered.outside(1)).containsExactly(id);
        assertThat(ordered.isFollowed(1)).isFalse();
    }

    @Test
    void whatIsNeitherIdNorRefIsNamed() {
        var ordered = order.of(batch(request("a", List.of("nobody"))), Set.of());

        assertThat(ordered.refused().values())
                .singleElement()
                .satisfies(
                        problem ->
                                assertThat(problem.getMessage())
                                        .startsWith("dependsOn[0]: 'nobody'"));
    }

    @Test
    void theOrderOfFieldsAndTheKeyMakeNoOtherRequest() {
        var one = request("a", config("{\"a\": 1, \"b\": {\"c\": [1, 2], \"d\": null}}"), "key");
        var other =
                request("a", config("{\"b\": {\"d\": null, \"c\": [1, 2]}, \"a\": 1}"), "other");
        var different =
                request("a", config("{\"a\": 1, \"b\": {\"c\": [2, 1], \"d\": null}}"), "key");

        assertThat(order.fingerprint(one)).isEqualTo(order.fingerprint(other));
        assertThat(order.fingerprint(one)).isNotEqualTo(order.fingerprint(different));
    }

    private static TreeMap<Integer, SubmissionRequest> batch(SubmissionRequest... requests) {
        var batch = new TreeMap<Integer, SubmissionRequest>();
        for (var request : requests) {
            batch.put(batch.size(), request);
        }
        return batch;
    }

    private static ObjectNode config(String json) {
        return (ObjectNode) Jsons.plain().tree(json);
    }

    private static SubmissionRequest request(@Nullable String ref, List<String> dependsOn) {
        return request(ref, dependsOn, null, null);
    }

    private static SubmissionRequest request(String ref, ObjectNode config, String key) {
        return request(ref, List.of(), config, key);
    }

    private static SubmissionRequest request(
            @Nullable String ref,
            List<String> dependsOn,
            @Nullable ObjectNode config,
            @Nullable String key) {
        return new SubmissionRequest(
                null, "noop", config, null, null, null, null, null, null, null, null, dependsOn,
                null, null, ref, key);
    }
}
