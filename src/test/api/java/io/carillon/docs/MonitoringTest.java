package io.carillon.docs;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Manifests;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alert rules and dashboard against what a running replica answers. */
@QuarkusTest
class MonitoringTest {
    private static final Path FOLDER = Path.of("monitoring");

    /** Names of series that are not Prometheus' own words. */
    private static final Pattern SERIES =
            Pattern.compile("\\b(carillon_\\w+|jvm_\\w+|process_\\w+|http_server_\\w+)\\b(?!:)");

    /** What appears only with the first of its kind. */
    private static final Set<String> LATER = Set.of("carillon_rows_refused_total");

    @Test
    void theOperatorsRulesAreTheSame() {
        var rules = Manifests.read(FOLDER.resolve("carillon.rules.yaml"), JsonNode.class);
        var manifest =
                Manifests.read(
                        Manifests.FOLDER.resolve("components/monitoring/prometheusrule.yaml"),
                        JsonNode.class);

        assertThat(manifest.at("/spec/groups")).isEqualTo(rules.get("groups")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"carillon.rules.yaml", "grafana-dashboard.json"})
    void everySeriesExists(String file) throws IOException {
        ended(triggered(createdId(aJob()), "{}").get("id").textValue());
        String queue = unique("queue");
        String waiting = createdId(aJob().put("queue", queue));
        post("/api/v1/queues/{name}/pause", queue);
        triggered(waiting, "{}");
        var metrics =
                await().until(
                                () -> get("/q/metrics").asString(),
                                text -> text.contains("carillon_queue_oldest_seconds"));
        request().delete(JOBS + "/{id}", waiting);
        var exposed =
                metrics.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.replaceFirst("[{ ].*", ""))
                        .collect(Collectors.toSet());
        var used = new TreeSet<String>();
        SERIES.matcher(Files.readString(FOLDER.resolve(file)))
                .results()
                .forEach(series -> used.add(series.group(1)));

        assertThat(used).contains("carillon_firing_delay_seconds_bucket");
        used.removeAll(exposed);
        used.removeAll(LATER);
        assertThat(used).isEmpty();
    }

    @Test
    void everyAlertSaysWhereToReadOn() throws IOException {
        var rules = Manifests.read(FOLDER.resolve("carillon.rules.yaml"), JsonNode.class);
        var document = Files.readString(Path.of("docs", "monitoring.md"));
        for (var group : rules.get("groups")) {
            for (var rule : group.get("rules")) {
                if (rule.has("alert")) {
                    String name = rule.get("alert").textValue();
                    assertThat(document).contains("`" + name + "`");
                    String url = rule.at("/annotations/runbook_url").textValue();
                    assertThat(Path.of(url.replaceFirst("#.*", ""))).as(name).isRegularFile();
                }
            }
        }
    }

    @Test
    void eachMetricOfOursHasItsHelpAndUnit() throws Exception {
        ended(triggered(createdId(aJob()), "{}").get("id").textValue());

        String said = promtool("check", "metrics");

        assertThat(said).doesNotContain("error while linting");
        assertThat(said.lines().filter(line -> line.contains("carillon"))).isEmpty();
    }

    @Test
    void theRulesDoWhatTheirTestsSay() throws Exception {
        assertThat(promtool("test", "rules", "monitoring/carillon.rules.test.yaml"))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    /** Gives it the metrics of the replica. */
    private static String promtool(String... arguments) throws IOException, InterruptedException {
        var command = Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList();
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException none) {
            assumeTrue(false, "needs promtool, of Debian's package prometheus");
            return "";
        }
        var metrics = request().accept("text/plain").get("/q/metrics").asString();
        try (var in = process.getOutputStream()) {
            in.write(metrics.getBytes(StandardCharsets.UTF_8));
        } catch (IOException notRead) {
            // It reads files instead.
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var unused = process.waitFor();
        return said;
    }
}
