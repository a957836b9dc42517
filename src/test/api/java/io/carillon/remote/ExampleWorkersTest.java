package io.carillon.remote;

import static io.carillon.remote.TestWorker.aTask;
import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reference workers under {@code examples/}, as processes, against the service. */
@QuarkusTest
class ExampleWorkersTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** What is run of each language; skipped where it is missing. */
    enum Example {
        PYTHON("python3", "examples/worker-python/worker.py"),
        JAVA(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "examples/worker-java/Worker.java");

        private final String program;
        private final String source;

        Example(String program, String source) {
            this.program = program;
            this.source = source;
        }

        private boolean isThere() {
            return program.contains(File.separator)
                    || Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                            .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
        }

        private Process start() throws IOException {
            var builder =
                    new ProcessBuilder(program, source)
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    Files.createTempFile(Path.of("target"), "worker-", ".log")
                                            .toFile());
            builder.environment().put("CARILLON_URL", service().toString());
            return builder.start();
        }
    }

    /** A claim of one that was killed may still wait, and would take what is for another. */
    @BeforeEach
    void noWorkerOfAnotherTestIsLeft() {
        await().atMost(SOON)
                .until(
                        () -> {
                            for (var worker : tree(get("/api/v1/workers"), 200).get("items")) {
                                if (worker.get("kind").textValue().equals("REMOTE")
                                        && !Set.of("STOPPED", "FAILED")
                                                .contains(worker.get("state").textValue())) {
                                    return false;
                                }
                            }
                            return true;
                        });
    }

    @ParameterizedTest
    @EnumSource
    void itRunsFailsStopsAndLeaves(Example example) throws Exception {
        assumeTrue(example.isThere(), () -> "no " + example.program);
        String echo =
                submittedId(task("echo", "{\"file\": \"cat ☃.png\", \"sizes\": [1, 2.5, null]}"));
        var failing = task("fail", "\"told to\"");
        failing.putObject("retry").put("maxAttempts", 1);
        String failed = submittedId(failing);
        var process = example.start();
        try {
            assertThat(ended(echo).get("state").textValue()).isEqualTo("SUCCEEDED");
            assertThat(execution(echo).at("/result/echo"))
                    .isEqualTo(json("{\"file\": \"cat ☃.png\", \"sizes\": [1, 2.5, null]}"));
            assertThat(ended(failed).at("/error/message").textValue()).isEqualTo("told to");

            String cancelled = submittedId(task("sleep", "{\"seconds\": 20}"));
            inState(cancelled, "RUNNING");
            await().atMost(SOON).until(() -> execution(cancelled).has("progress"));
            post(EXECUTIONS + "/{id}/cancel", cancelled);
            assertThat(ended(cancelled).get("state").textValue()).isEqualTo("CANCELLED");

            String last = submittedId(task("sleep", "{\"seconds\": 1}"));
            String workerId = inState(last, "RUNNING").get("workerId").textValue();
            process.destroy();
            assertThat(ended(last).get("state").textValue()).isEqualTo("SUCCEEDED");
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(tree(get("/api/v1/workers/{id}", workerId), 200).get("state").textValue())
                    .isEqualTo("STOPPED");
        } finally {
            process.destroyForcibly();
        }
    }

    /** A lease that has ended, as after a suspended machine, is not the end of a worker. */
    @ParameterizedTest
    @EnumSource
    void itRegistersAnewWhenItsLeaseHasEnded(Example example) throws Exception {
        assumeTrue(example.isThere(), () -> "no " + example.program);
        var process = example.start();
        try {
            String held = submittedId(task("sleep", "{\"seconds\": 3}"));
            String first = inState(held, "RUNNING").get("workerId").textValue();
            signal(process, "-STOP");
            await().atMost(SOON)
                    .until(
                            () ->
                                    tree(get("/api/v1/workers/{id}", first), 200)
                                            .get("state")
                                            .textValue()
                                            .equals("FAILED"));
            signal(process, "-CONT");

            var end = ended(held);
            assertThat(end.get("state").textValue()).isEqualTo("SUCCEEDED");
            assertThat(end.get("attempt").intValue()).isEqualTo(2);
            assertThat(end.get("workerId").textValue()).isNotEqualTo(first);
        } finally {
            process.destroyForcibly();
        }
    }

    private static ObjectNode task(String name, String payload) {
        var submission = aTask(name);
        ((ObjectNode) submission.get("config")).set("payload", json(payload));
        return submission;
    }

    private static void signal(Process process, String name) throws Exception {
        var command = List.of("kill", name, Long.toString(process.pid()));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
