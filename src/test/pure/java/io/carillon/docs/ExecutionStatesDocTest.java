package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.execution.ExecutionState;
import io.carillon.execution.ExecutionTransitions;
import io.carillon.execution.ExecutionTransitions.Transition;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/execution-states.md} is made from {@link ExecutionTransitions}. {@code
 * -Ddocs.write=true} writes it anew.
 */
class ExecutionStatesDocTest {
    private static final String NAME = "execution-states.md";
    private static final String HOW =
            "./mvnw test -Dtest=ExecutionStatesDocTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true";

    @Test
    void theDocumentIsWhatTheTableSays() throws IOException {
        String wanted = document();
        if (Boolean.getBoolean("docs.write")) {
            ProjectFiles.write(NAME, wanted);
        }

        assertThat(ProjectFiles.document(NAME))
                .as(
                        "docs/%s does not fit ExecutionTransitions; write it anew with%n  %s",
                        NAME, HOW)
                .isEqualTo(wanted);
    }

    /** Nobody else would notice a state that nothing leads to, or out of. */
    @Test
    void everyStateCanBeReachedAndOnlyFinalOnesAreEnds() {
        for (var state : ExecutionState.values()) {
            // A submission is born in one of these; nothing else leads to BLOCKED.
            assertThat(state == ExecutionState.BLOCKED || isReached(state))
                    .as(state.name())
                    .isTrue();
            assertThat(isLeft(state)).as(state.name()).isEqualTo(!state.isFinal());
        }
    }

    private static boolean isReached(ExecutionState state) {
        return ExecutionTransitions.all().stream().anyMatch(each -> each.to() == state);
    }

    private static boolean isLeft(ExecutionState state) {
        return ExecutionTransitions.all().stream().anyMatch(each -> each.from() == state);
    }

    private static String document() {
        return """
               # The states of an execution

               Made from `ExecutionTransitions`, the one table that says which change is legal; do not edit. After a change there:
               `%s`.

               ```mermaid
               stateDiagram-v2
               %s
               ```

               | from | cause | to |
               |---|---|---|
               %s

               What each means is said in [How it works](how-it-works.md#running). Every change is a statement that compares the
               state it leaves, and the epoch where a worker makes it. %s are final: nothing changes them. A replay is an
               execution of its own.
               """
                .formatted(HOW, diagram(), table(), finals());
    }

    private static String diagram() {
        var lines = new StringBuilder();
        for (String born :
                new String[] {"QUEUED", "SCHEDULED", "BLOCKED", "SKIPPED", "CANCELLED"}) {
            lines.append("    [*] --> ").append(born).append('\n');
        }
        // One arrow for each pair of states, however many causes it has.
        Map<String, String> arrows = new LinkedHashMap<>();
        for (var each : ExecutionTransitions.all()) {
            arrows.merge(
                    each.from() + " --> " + each.to(),
                    each.cause().name(),
                    (one, other) -> one + ", " + other);
        }
        arrows.forEach(
                (arrow, causes) ->
                        lines.append("    ")
                                .append(arrow)
                                .append(": ")
                                .append(causes)
                                .append('\n'));
        Arrays.stream(ExecutionState.values())
                .filter(ExecutionState::isFinal)
                .forEach(state -> lines.append("    ").append(state).append(" --> [*]\n"));
        return lines.toString().stripTrailing();
    }

    private static String table() {
        return ExecutionTransitions.all().stream()
                .map(ExecutionStatesDocTest::row)
                .collect(Collectors.joining("\n"));
    }

    private static String row(Transition each) {
        return "| `%s` | %s | `%s` |".formatted(each.from(), each.cause(), each.to());
    }

    private static String finals() {
        var finals =
                Arrays.stream(ExecutionState.values())
                        .filter(ExecutionState::isFinal)
                        .map(state -> "`" + state + "`")
                        .toList();
        return String.join(", ", finals.subList(0, finals.size() - 1)) + " and " + finals.getLast();
    }
}
