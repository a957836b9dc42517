package io.carillon.trace;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The example of docs/traces.md, as a process that the service sends to. */
@QuarkusTest
@TestProfile(TracesTest.WithCollector.class)
class ExampleCollectorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    @ConfigProperty(name = "carillon.traces.endpoint")
    URI endpoint;

    @Test
    void itPrintsTheTraceOfARequest() throws IOException {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "python3"))));
        var log = Files.createTempFile(Path.of("target"), "collector-", ".log");
        var collector =
                new ProcessBuilder(
                                "python3",
                                "examples/traces/collector.py",
                                Integer.toString(endpoint.getPort()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            await().atMost(PATIENCE).until(() -> printed(log).contains("listening at"));
            String caller = "c0f92f3577b34da6a3ce929d0e0e4736";
            String id =
                    tree(
                                    request()
                                            .header(
                                                    "traceparent",
                                                    "00-" + caller + "-00f067aa0ba902b7-01")
                                            .contentType("application/json")
                                            .body(
                                                    """
                                                    {"type": "noop", "config": {"failures": 1}, "retry": {"delay": "1ms"}}
                                                    """)
                                            .post(EXECUTIONS),
                                    202)
                            .get("id")
                            .textValue();
            ended(id);

            String trace = id.replace("-", "");
            String own = trace.substring(16);
            var lines =
                    await().atMost(PATIENCE)
                            .until(
                                    () -> printed(log).lines().toList(),
                                    found ->
                                            found.stream()
                                                                    .filter(
                                                                            each ->
                                                                                    each.startsWith(
                                                                                            trace))
                                                                    .count()
                                                            >= 4
                                                    && found.stream()
                                                            .anyMatch(
                                                                    each ->
                                                                            each.startsWith(
                                                                                    caller)));
            assertThat(of(lines, trace))
                    .hasSize(4)
                    .anyMatch(
                            each ->
                                    each.startsWith(trace + " " + own + " in ----------------")
                                            && each.endsWith("ms  execution noop"))
                    .anyMatch(each -> each.endsWith("ms  request"))
                    .anyMatch(each -> each.endsWith("ms  attempt noop  FAILED: NOOP_FAILURE"))
                    .anyMatch(
                            each ->
                                    each.startsWith(trace + " 0000000000000002 in " + own)
                                            && each.endsWith("ms  attempt noop"));
            assertThat(of(lines, caller))
                    .singleElement()
                    .asString()
                    .contains(" in 00f067aa0ba902b7 ")
                    .endsWith("ms  POST /api/v1/executions");
            assertThat(lines)
                    .anyMatch(each -> each.endsWith("linked to " + trace + " " + own))
                    .anyMatch(each -> each.contains("linked to " + caller));
        } finally {
            collector.destroyForcibly();
        }
    }

    private static List<String> of(List<String> lines, String trace) {
        return lines.stream().filter(each -> each.startsWith(trace)).toList();
    }

    private static String printed(Path log) throws IOException {
        return Files.readString(log);
    }
}
