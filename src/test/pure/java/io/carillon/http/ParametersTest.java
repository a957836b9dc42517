package io.carillon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.execution.ExecutionState;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

@NullUnmarked
class ParametersTest {

    @ParameterizedTest
    @NullAndEmptySource
    void whatIsNotGivenIsTheDefaultOrNothing(String value) {
        assertThat(Parameters.integer("n", value, 20, 1, 100)).isEqualTo(20);
        assertThat(Parameters.bool("b", value)).isNull();
        assertThat(Parameters.instant("i", value)).isNull();
        assertThat(Parameters.uuid("u", value)).isNull();
        assertThat(Parameters.oneOf("e", value, ExecutionState.class)).isNull();
        assertThat(Parameters.text(value)).isNull();
    }

    @Test
    void boundsBelongToTheRange() {
        assertThat(Parameters.integer("n", "1", 20, 1, 100)).isEqualTo(1);
        assertThat(Parameters.integer("n", "100", 20, 1, 100)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "101", "-1", "1.0", "1e1", " 1", "one", "2147483648"})
    void whatIsNoNumberInTheRangeIsRefused(String value) {
        assertRefused("n", () -> Parameters.integer("n", value, 20, 1, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRUE", "yes", "1", "null"})
    void onlyTrueAndFalseAreBooleans(String value) {
        assertThat(Parameters.bool("b", "true")).isTrue();
        assertThat(Parameters.bool("b", "false")).isFalse();
        assertRefused("b", () -> Parameters.bool("b", value));
    }

    @Test
    void anInstantMayHaveAnyOffset() {
        assertThat(Parameters.instant("i", "2026-12-01T10:00:00+01:00"))
                .isEqualTo(Instant.parse("2026-12-01T09:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-12-01",
                "now",
                "2026-12-01T09:00:00",
                "1969-12-31T23:59:59.999Z",
                "2201-01-01T00:00:00Z",
                "+999999999-12-31T23:59:59-18:00"
            })
    void whatIsNoInstantInTheRangeIsRefused(String value) {
        assertRefused("i", () -> Parameters.instant("i", value));
    }

    @Test
    void namesOfConstantsMayBeInAnyCase() {
        assertThat(Parameters.oneOf("e", "failed", ExecutionState.class))
                .isEqualTo(ExecutionState.FAILED);
        assertRefused("e", () -> Parameters.oneOf("e", "LOST", ExecutionState.class));
    }

    @Test
    void aUuidIsReadOrRefused() {
        var id = UUID.randomUUID();

        assertThat(Parameters.uuid("u", id.toString())).isEqualTo(id);
        assertRefused("u", () -> Parameters.uuid("u", "7"));
    }

    @Test
    void labelsAreReadOrRefused() {
        var labels =
                Parameters.labels("label", List.of("team=sales", "url:x", "a=b:c=d", "", "e="));

        assertThat(labels).isEqualTo(Map.of("team", "sales", "url", "x", "a", "b:c=d", "e", ""));
        assertThat(Parameters.labels("label", null)).isEmpty();
        assertThat(Parameters.labels("label", List.of("a=1", "a=1"))).hasSize(1);
        assertRefused("label", () -> Parameters.labels("label", List.of("team")));
        assertRefused("label", () -> Parameters.labels("label", List.of("=sales")));
        assertRefused("label", () -> Parameters.labels("label", List.of("a=1", "a=2")));
    }

    private static void assertRefused(String name, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> {
                            assertThat(problem.kind()).isEqualTo(ProblemKind.INVALID_REQUEST);
                            assertThat(problem.toProblem("/").violations())
                                    .extracting(Problem.Violation::field)
                                    .containsExactly(name);
                        });
    }
}
