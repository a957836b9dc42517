package io.carillon.cli;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Relay;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands against the service. */
@QuarkusTest
class CliTest {
    private final String namespace = unique("cli");

    @TempDir Path folder;

    private record Ended(int exitCode, String out, String err) {}

    private Ended carillon(String... arguments) {
        return at(service().resolve("/"), arguments);
    }

    private static Ended at(URI url, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode =
                Cli.run(
                        new PrintWriter(out),
                        new PrintWriter(err),
                        Stream.concat(Stream.of(arguments), Stream.of("--url", url.toString()))
                                .toArray(String[]::new));
        return new Ended(exitCode, out.toString(), err.toString());
    }

    private String done(String... arguments) {
        var ended = carillon(arguments);
        assertThat(ended.err).isEmpty();
        assertThat(ended.exitCode).isZero();
        return ended.out;
    }

    private String created(String name, ObjectNode job) {
        return createdId(job.put("name", name).put("namespace", namespace));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("jobs.yaml"), text);
    }

    @Test
    void jobsAreListedInATableOrAsJson() {
        created("daily report", aJob("\"0 9 * * *\""));
        created("other", aJob());

        assertThat(done("jobs", "-n", namespace, "--search", "report").lines())
                .hasSize(2)
                .last()
                .asString()
                .matches(
                        namespace + "  daily report  noop  ACTIVE  \\d{4}-\\S+T09:00:00Z  -     -");
        var page = json(done("jobs", "-n", namespace, "-o", "json"));
        assertThat(page.get("totalCount").intValue()).isEqualTo(2);
        assertThat(done("job", "daily report", "-n", namespace))
                .contains("at 09:00 every day, UTC");
    }

    @Test
    void aFileIsComparedThenApplied() throws IOException {
        String state =
                """
                namespace: %s
                owner: billing
                jobs:
                - {name: invoices, schedule: 0 6 * * *, type: noop}
                - {name: reminders, after: {job: invoices}, type: noop}
                """
                        .formatted(namespace);
        String file = file(state).toString();

        var dry = carillon("apply", "-f", file, "--dry-run", "--exit-code");
        assertThat(dry.exitCode).isEqualTo(4);
        assertThat(dry.out)
                .contains("+ invoices: at 06:00 every day, UTC, next ")
                .contains("billing: 2 created, 0 changed, 0 deleted, 0 unchanged (dry run");
        assertThat(tree(get(JOBS + "?namespace=" + namespace), 200).get("totalCount").intValue())
                .isZero();

        done("apply", "-f", file);
        assertThat(carillon("apply", "-f", file, "--dry-run", "--exit-code").exitCode).isZero();

        file(state.replace("0 6", "0 7").replaceAll("- \\{name: reminders.*\\n", ""));
        assertThat(done("apply", "-f", file))
                .contains("~ invoices")
                .contains("    schedule: {\"cron\":\"0 6 * * *\"} -> {\"cron\":\"0 7 * * *\"}")
                .containsPattern("    next: \\S+T06:00:00Z -> \\S+T07:00:00Z")
                .contains("? reminders: no longer named, --prune deletes it");
        assertThat(done("apply", "-f", file, "--prune")).contains("- reminders");
        String exported = done("export", "-n", namespace, "--owner", "billing");
        assertThat(exported).startsWith("namespace: " + namespace);
        file(exported);
        assertThat(done("apply", "-f", file, "--prune"))
                .contains("0 changed, 0 deleted, 1 unchanged");
    }

    /** As it is written, but for the namespace and where the file is. */
    @ParameterizedTest
    @ValueSource(strings = {"github.yaml", "gitlab.yaml"})
    void anExampleOfAPipelineShowsADifferenceThenAppliesIt(String pipeline) throws IOException {
        String file =
                file("namespace: "
                                + namespace
                                + pipeline.charAt(3)
                                + "\n"
                                + Files.readString(Path.of("examples", "ci", "jobs.yaml")))
                        .toString();
        var commands =
                Pattern.compile("carillon (apply .*?)(?: < .*)?$", Pattern.MULTILINE)
                        .matcher(Files.readString(Path.of("examples", "ci", pipeline)))
                        .results()
                        .map(command -> command.group(1))
                        .map(it -> it.replaceAll("--file \\S+", "--file " + file))
                        .map(command -> command.split(" ", -1))
                        .toList();

        assertThat(commands).hasSize(2);
        assertThat(done(commands.get(0))).contains("billing: 2 created").contains("dry run");
        assertThat(done(commands.get(1))).contains("billing: 2 created").doesNotContain("dry run");
        assertThat(done(commands.get(0))).contains("0 deleted, 2 unchanged");
        assertThat(carillon("apply", "-n", namespace, "-f", file).exitCode).isEqualTo(2);
    }

    @Test
    void aRefusalNamesEveryFieldAndEndsWithOne() throws IOException {
        String file =
                file("owner: a\njobs:\n- {name: x, type: noop, weight: 0}\n- {nme: y, type: noop}\n")
                        .toString();

        var ended = carillon("apply", "-f", file);

        assertThat(ended.exitCode).isEqualTo(1);
        assertThat(ended.out).isEmpty();
        assertThat(ended.err)
                .contains("  jobs[0].weight: ")
                .contains("  jobs[1].nme: unknown field");
        assertThat(carillon("job", "not there", "-n", namespace).err)
                .isEqualToIgnoringNewLines("There is no job %s/not there.".formatted(namespace));
    }

    @Test
    void whatCannotBeReachedEndsWithThreeAndAWrongCommandLineWithTwo() {
        var err = new StringWriter();
        int exitCode =
                Cli.run(
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(err),
                        "jobs",
                        "--url",
                        "http://localhost:1");

        assertThat(exitCode).isEqualTo(3);
        assertThat(err.toString()).startsWith("No answer from http://localhost:1: ");
        assertThat(carillon("jobbs").exitCode).isEqualTo(2);
        assertThat(carillon("jobbs").err).contains("Did you mean: carillon jobs");
        assertThat(carillon("apply", "-f", folder.resolve("none").toString()).exitCode)
                .isEqualTo(2);
        assertThat(carillon("replay").exitCode).isEqualTo(2);
    }

    @Test
    void aJobIsPausedAndResumedAndAsked() {
        created("one", aJob("\"0 9 * * *\""));

        assertThat(done("pause", "one", "-n", namespace, "--note", "moved"))
                .isEqualToIgnoringNewLines("one is paused");
        assertThat(done("why", "one", "-n", namespace)).contains("after   ");
        assertThat(done("resume", "one", "-n", namespace, "--dry-run", "--catch-up", "fire_all"))
                .isEqualToIgnoringNewLines("one: 0 executed, 0 skipped");
        assertThat(done("resume", "one", "-n", namespace))
                .contains("one is resumed, fires next at ");
        assertThat(done("preview", "30 2 * * *", "-z", "Europe/Paris", "--count", "2"))
                .contains("at 02:30 every day, Europe/Paris time")
                .containsPattern("(?m)^  \\S+T02:30:00\\+0[12]:00$");
    }

    @Test
    void aRunThatIsWaitedForEndsAsItsExecution() {
        created("good", aJob());
        var failing = aJob();
        failing.putObject("config").put("failures", 9);
        failing.putObject("retry").put("maxAttempts", 1);
        created("bad", failing);

        assertThat(done("run", "good", "-n", namespace, "--wait")).contains(" SUCCEEDED");
        var bad = carillon("run", "bad", "-n", namespace, "--wait");
        assertThat(bad.exitCode).isEqualTo(1);
        assertThat(bad.out).contains(" FAILED NOOP_FAILURE: ");

        String id = bad.out.substring(0, 36);
        assertThat(done("dead-letters", "-n", namespace)).contains(id).contains("NOOP_FAILURE");
        assertThat(done("replay", id)).startsWith(id + " is replayed by ");
        await().untilAsserted(
                        () ->
                                assertThat(done("dead-letters", "-n", namespace, "-o", "json"))
                                        .contains("\"replayOf\""));
        assertThat(done("replay", "--all", "-n", namespace)).startsWith("1 replayed");
    }

    @Test
    void executionsAreFollowed() {
        String id = created("followed", aJob());
        body("{}").post(JOBS + "/" + id + "/trigger");

        assertThat(done("tail", "-n", namespace, "--job", "followed", "--lines", "1"))
                .containsPattern("(QUEUED|RUNNING|SUCCEEDED) +[0-9a-f-]{36}  noop");
    }

    @Test
    void eachExecutionThatEndsIsALineAlsoAfterABrokenConnection() throws Exception {
        String job = created("broken", aJob());
        var expected = new ArrayList<String>();
        expected.add(executed(job));
        try (var relay = new Relay(service())) {
            var tail =
                    CompletableFuture.supplyAsync(
                            () ->
                                    at(
                                            relay.address(),
                                            "tail",
                                            "--job",
                                            "broken",
                                            "-n",
                                            namespace,
                                            "--lines",
                                            "4"),
                            Thread::startVirtualThread);
            await().until(() -> readers() > 0);
            expected.add(executed(job));
            relay.cut();
            await().until(() -> readers() == 0);
            expected.add(executed(job));
            relay.mend();
            expected.add(executed(job));

            var ended = tail.get(60, TimeUnit.SECONDS);

            assertThat(ended.exitCode).isZero();
            assertThat(ended.out.lines().map(line -> line.split(" +")[2]))
                    .containsExactlyElementsOf(expected);
            assertThat(ended.out.lines()).allMatch(line -> line.contains("  SUCCEEDED  "));
            assertThat(ended.err).contains("The connection is broken; trying again.");
        }
    }

    @Test
    void aConnectionThatStaysBrokenEndsWithThree() throws Exception {
        created("gone", aJob());
        try (var relay = new Relay(service())) {
            var tail =
                    CompletableFuture.supplyAsync(
                            () -> at(relay.address(), "tail", "-n", namespace, "--retry-for", "0"),
                            Thread::startVirtualThread);
            await().until(() -> readers() > 0);

            relay.cut();

            var ended = tail.get(60, TimeUnit.SECONDS);
            assertThat(ended.exitCode).isEqualTo(3);
            assertThat(ended.err).contains("No answer from " + relay.address());
        }
    }

    private static String executed(String job) {
        String id = triggered(job, "{}").get("id").textValue();
        ended(id);
        return id;
    }

    private static double readers() {
        return get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("carillon_events_readers"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }
}
