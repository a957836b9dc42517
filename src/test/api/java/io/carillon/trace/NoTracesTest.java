package io.carillon.trace;

import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.submittedId;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A service without a collector, as most are. */
@QuarkusTest
class NoTracesTest {
    @Inject Traces traces;

    @Test
    void targetsAreTheSameTraceAndNothingIsKeptForACollector() {
        try (var target = HttpTarget.start()) {
            String id = submittedId(aCallOf(target.url("/")));
            var execution = ended(id);
            String trace = id.replace("-", "");

            assertThat(target.calls().getFirst().headers().get("traceparent"))
                    .isEqualTo("00-" + trace + "-0000000000000001-01");
            assertThat(execution.get("traceId").textValue()).isEqualTo(trace);
            assertThat(get("/executions/{id}", id).asString())
                    .contains("<dt>Trace</dt><dd><code>" + trace + "</code>");
            traces.ended(UUID.fromString(id));
            assertThat(traces.takeEnded(1)).isEmpty();
            assertThat(traces.take(1)).isEmpty();
        }
    }

    @Test
    void noThreadIsThereForThem() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .contains("carillon-dispatcher")
                .doesNotContain("carillon-traces", "carillon-execution-spans");
    }
}
