package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.carillon.support.Api;
import io.carillon.support.Manifests;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the files in {@code docker} say of the application is what it says of itself. */
@QuarkusTest
class DockerTest {
    private static final Path FOLDER = Path.of("docker");
    private static final Path COMPOSE = FOLDER.resolve("compose.yaml");

    /** As in {@code ManifestsTest}: to end what was interrupted, and to store the last outcomes. */
    private static final Duration AFTER_GRACE = Duration.ofSeconds(5 + 5);

    /** Of the Compose specification, what is used here: a key that is not among it fails. */
    private record Compose(
            String name, Map<String, Service> services, Map<String, Object> volumes) {}

    private record Service(
            String image,
            Build build,
            Deploy deploy,
            @JsonProperty("working_dir") String workingDirectory,
            List<String> command,
            @JsonProperty("depends_on") Object dependsOn,
            Map<String, String> environment,
            List<String> ports,
            List<String> volumes,
            List<String> tmpfs,
            @JsonProperty("mem_limit") String memoryLimit,
            @JsonProperty("read_only") boolean readOnly,
            @JsonProperty("cap_drop") List<String> droppedCapabilities,
            @JsonProperty("security_opt") List<String> securityOptions,
            @JsonProperty("stop_grace_period") String stopGracePeriod,
            @JsonProperty("stdin_open") boolean stdinOpen,
            boolean tty,
            Healthcheck healthcheck) {}

    private record Build(String context, String dockerfile) {}

    private record Deploy(int replicas) {}

    private record Condition(String condition) {}

    private record Healthcheck(
            List<String> test,
            String interval,
            String timeout,
            int retries,
            @JsonProperty("start_period") String startPeriod) {}

    private record Prometheus(
            Global global,
            @JsonProperty("rule_files") List<String> ruleFiles,
            @JsonProperty("scrape_configs") List<Scrape> scrapeConfigs) {}

    private record Global(@JsonProperty("scrape_interval") String scrapeInterval) {}

    private record Scrape(
            @JsonProperty("job_name") String jobName,
            @JsonProperty("metrics_path") String metricsPath,
            @JsonProperty("dns_sd_configs") List<Names> names) {}

    private record Names(
            List<String> names,
            String type,
            int port,
            @JsonProperty("refresh_interval") String refreshInterval) {}

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.dev.yaml"})
    void aComposeFileNamesWhatIsThere(String file) {
        var compose = Manifests.read(FOLDER.resolve(file), Compose.class);

        for (var service : compose.services().values()) {
            if (service.build() == null) {
                assertThat(service.image()).matches("[a-z/-]+:v?\\d[\\w.-]*");
            } else {
                var context = FOLDER.resolve(service.build().context());
                assertThat(context.resolve(service.build().dockerfile())).isRegularFile();
            }
            for (String volume : orNone(service.volumes())) {
                String source = volume.split(":")[0];
                if (source.startsWith(".")) {
                    assertThat(FOLDER.resolve(source)).exists();
                } else {
                    assertThat(compose.volumes()).containsKey(source);
                }
            }
            for (String port : orNone(service.ports())) {
                assertThat(port).as("there is no authentication yet").startsWith("127.0.0.1:");
            }
            assertThat(compose.services().keySet()).containsAll(dependencies(service));
        }
        var replica = compose.services().get("carillon");
        assertThat(ProjectFiles.settings()).containsAll(replica.environment().keySet());
        var database = compose.services().get("postgresql").environment();
        assertThat(replica.environment())
                .containsEntry(
                        "QUARKUS_DATASOURCE_JDBC_URL",
                        "jdbc:postgresql://postgresql:5432/" + database.get("POSTGRES_DB"))
                .containsEntry("QUARKUS_DATASOURCE_USERNAME", database.get("POSTGRES_USER"))
                .containsEntry("QUARKUS_DATASOURCE_PASSWORD", database.get("POSTGRES_PASSWORD"));
    }

    @Test
    void aReplicaHasTimeForItsDrainAndWritesNothing() {
        var replica = Manifests.read(COMPOSE, Compose.class).services().get("carillon");

        var needed =
                Stream.of(
                                replica.environment().get("QUARKUS_SHUTDOWN_DELAY"),
                                setting("quarkus.shutdown.timeout"),
                                setting("carillon.worker.grace"))
                        .map(DurationConverter::parseDuration)
                        .reduce(AFTER_GRACE, Duration::plus);
        assertThat(DurationConverter.parseDuration(replica.stopGracePeriod()))
                .isGreaterThanOrEqualTo(needed);
        assertThat(replica.readOnly()).isTrue();
        assertThat(replica.droppedCapabilities()).containsExactly("ALL");
        assertThat(replica.deploy().replicas()).isEqualTo(3);
    }

    @Test
    void theLoadBalancerAsksWhatIsAnsweredAndSendsToThePortThatIsListenedOn() throws IOException {
        String haproxy = Files.readString(FOLDER.resolve("haproxy.cfg"));

        assertThat(Api.get(only(haproxy, "httpchk GET (\\S+)").group(1)).statusCode())
                .isEqualTo(200);
        var target = only(haproxy, "server-template \\S+ \\d+ (\\S+):(\\d+)");
        assertThat(target.group(1)).isEqualTo("carillon");
        assertThat(target.group(2)).isEqualTo(ProjectFiles.defaultPort());
        assertThat(Manifests.read(COMPOSE, Compose.class).services().get("load-balancer").ports())
                .containsExactly("127.0.0.1:8080:" + only(haproxy, "bind :(\\d+)").group(1));
    }

    @Test
    void prometheusScrapesWhatIsAnswered() {
        var prometheus = Manifests.read(FOLDER.resolve("prometheus.yaml"), Prometheus.class);

        assertThat(prometheus.scrapeConfigs()).hasSize(1);
        var scrape = prometheus.scrapeConfigs().getFirst();
        assertThat(Api.get(scrape.metricsPath()).statusCode()).isEqualTo(200);
        var replicas = scrape.names().getFirst();
        assertThat(replicas.names()).containsExactly("carillon");
        assertThat(replicas.port()).hasToString(ProjectFiles.defaultPort());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "promtool check config docker/prometheus.yaml",
                "haproxy -c -f docker/haproxy.cfg"
            })
    void theProgramThatReadsAFileAcceptsIt(String command) throws Exception {
        assumeTrue(isHere(command.split(" ")[0]), "it is not here");

        var process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();

        String said = process.inputReader().readAllAsString();
        assertThat(process.waitFor()).as(said).isZero();
    }

    @Test
    void theImageListensWhereTheApplicationDoes() throws IOException {
        String dockerfile = Files.readString(FOLDER.resolve("Dockerfile.jvm"));

        assertThat(only(dockerfile, "(?m)^EXPOSE (\\d+)$").group(1))
                .isEqualTo(ProjectFiles.defaultPort());
    }

    /** So that a release can name them by digest, and say of which commit it is. */
    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native"})
    void anImageIsLabelledAndItsBasesCanBePinned(String file) throws IOException {
        String dockerfile = Files.readString(FOLDER.resolve(file));

        assertThat(Pattern.compile("(?m)^FROM (\\S+)").matcher(dockerfile).results())
                .extracting(it -> it.group(1))
                .isNotEmpty()
                .allMatch(it -> it.startsWith("$"))
                .allMatch(it -> dockerfile.contains("\nARG " + it.substring(1) + "="));
        for (String label : new String[] {"title", "description", "licenses"}) {
            assertThat(only(dockerfile, "image\\." + label + "=\"(.*)\"").group(1)).isNotEmpty();
        }
        assertThat(only(dockerfile, "image\\.version=\"(.*)\"").group(1)).isEqualTo("$VERSION");
        assertThat(only(dockerfile, "image\\.revision=\"(.*)\"").group(1)).isEqualTo("$REVISION");
        assertThat(dockerfile).contains("\nARG VERSION=", "\nARG REVISION=");
    }

    private static <T> List<T> orNone(List<T> list) {
        return Objects.requireNonNullElse(list, List.of());
    }

    private static Set<String> dependencies(Service service) {
        return switch (service.dependsOn()) {
            case null -> Set.of();
            case List<?> names -> Set.copyOf(names.stream().map(String.class::cast).toList());
            case Map<?, ?> names ->
                    Set.copyOf(names.keySet().stream().map(String.class::cast).toList());
            default -> throw new IllegalArgumentException("depends_on: " + service.dependsOn());
        };
    }

    private static String setting(String key) {
        return ConfigProvider.getConfig().getValue(key, String.class);
    }

    private static MatchResult only(String text, String pattern) {
        var found = Pattern.compile(pattern).matcher(text).results().toList();
        assertThat(found).as(pattern).hasSize(1);
        return found.getFirst();
    }

    private static boolean isHere(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
