package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carillon.execution.ExecutionState;
import io.carillon.support.Api;
import io.carillon.support.Database;
import io.carillon.support.Manifests;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricIdentifier;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the manifests say of the application is what the running application says of itself. */
@QuarkusTest
class ManifestsTest {
    /**
     * As in {@code Dispatcher}: what was interrupted has so long to end, the last outcomes as long
     * to be stored.
     */
    private static final Duration AFTER_GRACE = Duration.ofSeconds(5 + 5);

    private static final List<String> ROLES =
            List.of("carillon.api.enabled", "carillon.firing.enabled", "carillon.worker.enabled");

    /** Sessions of a replica besides its pool's, and those that PostgreSQL keeps for others. */
    private static final int LOOPS = 8;

    private static final int OF_THE_SUPERUSER = 3;
    private static final String NUMBERS = " (\\d+) \\| (\\d+) \\| (\\d+) \\|";
    private static final String DATABASE_SECRET = "carillon-database";

    static Stream<Path> overlays() {
        return Manifests.overlays();
    }

    static Stream<Path> components() {
        return Manifests.components();
    }

    static Stream<Path> files() {
        return Manifests.objectFiles();
    }

    /** An overlay's objects, each parsed strictly. */
    private record Rendered(List<Object> objects) {
        static Rendered of(Path overlay) {
            assumeTrue(Manifests.canRender(), "nothing here renders overlays");
            return new Rendered(Manifests.rendered(overlay));
        }

        static List<Rendered> all() {
            return Manifests.overlays().map(Rendered::of).toList();
        }

        <T> List<T> all(Class<T> type) {
            return objects.stream().filter(type::isInstance).map(type::cast).toList();
        }

        /** Never none, so that what is asserted of each is asserted of something. */
        List<Deployment> replicas() {
            var replicas =
                    all(Deployment.class).stream()
                            .filter(it -> it.getMetadata().getName().startsWith("carillon"))
                            .toList();
            assertThat(replicas).isNotEmpty();
            return replicas;
        }

        List<PodTemplateSpec> pods() {
            return Stream.concat(
                            all(Deployment.class).stream().map(it -> it.getSpec().getTemplate()),
                            all(StatefulSet.class).stream().map(it -> it.getSpec().getTemplate()))
                    .toList();
        }

        /** The environment of a deployment as its ConfigMap and itself give it. */
        Map<String, String> environment(Deployment deployment) {
            var environment = new HashMap<String, String>();
            for (var from : container(deployment).getEnvFrom()) {
                if (from.getConfigMapRef() != null) {
                    var maps =
                            all(ConfigMap.class).stream()
                                    .filter(it -> isNamed(it, from.getConfigMapRef().getName()))
                                    .toList();
                    assertThat(maps).as(from.getConfigMapRef().getName()).hasSize(1);
                    environment.putAll(maps.getFirst().getData());
                }
            }
            return environment;
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileParsesStrictlyAsItIs(Path file) {
        assertThat(Manifests.read(file)).isNotEmpty();
    }

    /**
     * Where one has a namespace, an object without it would be put wherever the client happens to
     * be.
     */
    @ParameterizedTest
    @MethodSource("overlays")
    void everythingIsInTheNamespaceOfTheReplicas(Path overlay) {
        var rendered = Rendered.of(overlay);
        String namespace = rendered.replicas().getFirst().getMetadata().getNamespace();

        assertThat(rendered.all(HasMetadata.class))
                .filteredOn(it -> !(it instanceof Namespace))
                .extracting(it -> it.getMetadata().getNamespace())
                .containsOnly(namespace);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyOverlayRendersReplicasAndWhatGuardsThem(Path overlay) {
        var rendered = Rendered.of(overlay);

        for (var deployment : rendered.replicas()) {
            var labels = deployment.getSpec().getTemplate().getMetadata().getLabels();
            assertThat(deployment.getSpec().getSelector().getMatchLabels().entrySet())
                    .isSubsetOf(labels.entrySet());
            assertThat(rendered.all(Service.class))
                    .as("a service of %s", labels)
                    .anyMatch(it -> selects(it.getSpec().getSelector(), labels));
            assertThat(rendered.all(PodDisruptionBudget.class))
                    .as("a disruption budget of %s", labels)
                    .anyMatch(it -> selects(it.getSpec().getSelector().getMatchLabels(), labels));
            assertThat(rendered.all(NetworkPolicy.class))
                    .as("a network policy of %s", labels)
                    .anyMatch(
                            it -> selects(it.getSpec().getPodSelector().getMatchLabels(), labels));
            assertThat(deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                    .isNotEmpty()
                    .allMatch(it -> selects(it.getLabelSelector().getMatchLabels(), labels));
        }
        for (var policy : rendered.all(NetworkPolicy.class)) {
            assertThat(rendered.replicas())
                    .as("what %s selects", policy.getMetadata().getName())
                    .filteredOn(
                            it ->
                                    selects(
                                            policy.getSpec().getPodSelector().getMatchLabels(),
                                            it.getSpec().getTemplate().getMetadata().getLabels()))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("components")
    void everyComponentFollowsTheNamesOfWhatItIsAddedTo(Path component) {
        assumeTrue(Manifests.canRender(), "nothing here renders components");

        var rendered = new Rendered(Manifests.renderedWith(component, "-elsewhere"));

        assertThat(rendered.replicas())
                .singleElement()
                .matches(it -> isNamed(it, "carillon-elsewhere"));
        for (var scaler : rendered.all(HorizontalPodAutoscaler.class)) {
            assertScales(rendered, scaler.getSpec().getScaleTargetRef().getName());
        }
        for (var scaled : rendered.all(Manifests.ScaledObject.class)) {
            assertScales(rendered, scaled.spec().scaleTargetRef().name());
            assertThat(scaled.spec().triggers())
                    .filteredOn(it -> it.authenticationRef() != null)
                    .isNotEmpty()
                    .allSatisfy(
                            it ->
                                    assertThat(rendered.all(Manifests.TriggerAuthentication.class))
                                            .extracting(that -> that.metadata().name())
                                            .contains(it.authenticationRef().name()));
        }
        assertThat(
                        rendered.all(HorizontalPodAutoscaler.class).size()
                                + rendered.all(Manifests.ScaledObject.class).size()
                                + rendered.all(ServiceMonitor.class).size()
                                + dashboards(rendered).size())
                .as("what the component adds")
                .isEqualTo(1);
    }

    private static List<ConfigMap> dashboards(Rendered rendered) {
        return rendered.all(ConfigMap.class).stream()
                .filter(it -> it.getMetadata().getLabels() != null)
                .filter(it -> it.getMetadata().getLabels().containsKey("grafana_dashboard"))
                .toList();
    }

    @Test
    void theDashboardIsThatOfMonitoring() {
        var folder = Manifests.FOLDER.resolve("components/dashboard");

        assertThat(folder.resolve("grafana-dashboard.json"))
                .hasSameTextualContentAs(Path.of("monitoring", "grafana-dashboard.json"));
        assertThat(dashboards(Rendered.of(Manifests.FOLDER.resolve("overlays/autoscaled"))))
                .hasSize(1);
    }

    /** What a cluster may lack, an operator or its definitions, is in components alone. */
    @Test
    void theProductionOverlayNeedsNoOperator() {
        var rendered = Rendered.of(Manifests.FOLDER.resolve("overlays/production"));

        assertThat(rendered.objects())
                .allSatisfy(
                        it ->
                                assertThat(((HasMetadata) it).getApiVersion())
                                        .isIn(
                                                "v1",
                                                "apps/v1",
                                                "networking.k8s.io/v1",
                                                "policy/v1"));
    }

    /** README says how many sessions of PostgreSQL the replicas take, and they are all there. */
    @ParameterizedTest
    @MethodSource("overlays")
    void postgresqlHasASessionForEachOfTheMostReplicas(Path overlay) throws IOException {
        var rendered = Rendered.of(overlay);
        int replicas = 0;
        int sessions = 0;
        for (var deployment : rendered.replicas()) {
            int most =
                    mostReplicas(rendered, deployment)
                            + deployment
                                    .getSpec()
                                    .getStrategy()
                                    .getRollingUpdate()
                                    .getMaxSurge()
                                    .getIntVal();
            replicas += most;
            sessions +=
                    most
                            * (LOOPS
                                    + Integer.parseInt(
                                            rendered.environment(deployment)
                                                    .get("QUARKUS_DATASOURCE_JDBC_MAX_SIZE")));
        }

        var row =
                Pattern.compile(
                                "^\\| `%s`[^|]*\\|".formatted(overlay.getFileName()) + NUMBERS,
                                Pattern.MULTILINE)
                        .matcher(Files.readString(Manifests.FOLDER.resolve("README.md")));
        assertThat(row.find()).isTrue();
        assertThat(row.group(1)).isEqualTo(Integer.toString(replicas));
        assertThat(row.group(2)).isEqualTo(Integer.toString(sessions));
        assertThat(Integer.parseInt(row.group(3)) - OF_THE_SUPERUSER).isGreaterThan(sessions);
        if (overlay.endsWith("autoscaled")) {
            assertThat(inFiles(Manifests.PostgresqlCluster.class))
                    .singleElement()
                    .satisfies(
                            it ->
                                    assertThat(it.spec().postgresql().parameters())
                                            .containsEntry("max_connections", row.group(3)));
        }
    }

    @Test
    void kedaAndTheHpaScaleAsFar() {
        assertThat(inFiles(Manifests.ScaledObject.class))
                .extracting(it -> it.spec().minReplicaCount(), it -> it.spec().maxReplicaCount())
                .isEqualTo(
                        inFiles(HorizontalPodAutoscaler.class).stream()
                                .map(
                                        it ->
                                                tuple(
                                                        it.getSpec().getMinReplicas(),
                                                        it.getSpec().getMaxReplicas()))
                                .toList());
    }

    private static int mostReplicas(Rendered rendered, Deployment deployment) {
        return rendered.all(HorizontalPodAutoscaler.class).stream()
                .filter(it -> isNamed(deployment, it.getSpec().getScaleTargetRef().getName()))
                .map(it -> it.getSpec().getMaxReplicas())
                .findFirst()
                .orElseGet(() -> deployment.getSpec().getReplicas());
    }

    /** It is there, and nobody else says how many it has. */
    private static void assertScales(Rendered rendered, String target) {
        assertThat(rendered.replicas())
                .filteredOn(it -> isNamed(it, target))
                .singleElement()
                .satisfies(it -> assertThat(it.getSpec().getReplicas()).isNull());
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyOverlayAnswersFiresAndWorks(Path overlay) {
        var rendered = Rendered.of(overlay);

        for (String role : ROLES) {
            assertThat(rendered.replicas())
                    .as(role)
                    .anyMatch(it -> isEnabled(rendered.environment(it), role));
        }
    }

    @Test
    void theSplitOverlayPartsWorkFromTheRest() {
        var rendered = Rendered.of(Manifests.FOLDER.resolve("overlays/split"));

        assertThat(rendered.replicas())
                .extracting(
                        it -> it.getMetadata().getName(),
                        it ->
                                ROLES.stream()
                                        .filter(role -> isEnabled(rendered.environment(it), role))
                                        .toList())
                .containsExactlyInAnyOrder(
                        tuple(
                                "carillon-front",
                                List.of("carillon.api.enabled", "carillon.firing.enabled")),
                        tuple("carillon-workers", List.of("carillon.worker.enabled")));
    }

    private static boolean isEnabled(Map<String, String> environment, String role) {
        return Boolean.parseBoolean(environment.getOrDefault(ProjectFiles.variable(role), "true"));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyEnvironmentVariableIsASettingThatIsDocumented(Path overlay) {
        var rendered = Rendered.of(overlay);
        var names = new TreeSet<String>();
        for (var deployment : rendered.replicas()) {
            names.addAll(rendered.environment(deployment).keySet());
            container(deployment).getEnv().stream().map(EnvVar::getName).forEach(names::add);
        }
        rendered.all(Secret.class).stream()
                .filter(it -> it.getData() != null)
                .forEach(it -> names.addAll(it.getData().keySet()));

        assertThat(names).isNotEmpty();
        assertThat(ProjectFiles.settings()).containsAll(names);
    }

    @Test
    void everySecretHoldsSettingsThatAreDocumented() {
        assertThat(inFiles(Secret.class))
                .isNotEmpty()
                .allSatisfy(
                        it ->
                                assertThat(it.getStringData().keySet())
                                        .isNotEmpty()
                                        .isSubsetOf(ProjectFiles.settings()));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void probesAskForWhatTheApplicationAnswers(Path overlay) {
        for (var deployment : Rendered.of(overlay).replicas()) {
            var container = container(deployment);
            assertThat(container.getPorts())
                    .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
                    .contains(tuple("http", Integer.valueOf(ProjectFiles.defaultPort())));
            for (var probe :
                    List.of(
                            container.getStartupProbe(),
                            container.getLivenessProbe(),
                            container.getReadinessProbe())) {
                assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
                assertThat(pathOf(probe)).as("answered by every role").startsWith("/q/");
                assertThat(Api.get(pathOf(probe)).statusCode()).as(pathOf(probe)).isEqualTo(200);
            }
            assertThat(pathOf(container.getStartupProbe())).endsWith("/started");
            assertThat(pathOf(container.getLivenessProbe())).endsWith("/live");
            assertThat(pathOf(container.getReadinessProbe())).endsWith("/ready");
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void servicesLeadToPortsThatAreThere(Path overlay) {
        var rendered = Rendered.of(overlay);
        assertThat(rendered.all(Service.class)).isNotEmpty();
        for (var service : rendered.all(Service.class)) {
            var pods =
                    rendered.pods().stream()
                            .filter(
                                    it ->
                                            selects(
                                                    service.getSpec().getSelector(),
                                                    it.getMetadata().getLabels()))
                            .toList();
            assertThat(pods).as("pods of %s", service.getMetadata().getName()).hasSize(1);
            assertThat(pods.getFirst().getSpec().getContainers())
                    .flatExtracting(Container::getPorts)
                    .extracting(ContainerPort::getName)
                    .containsAll(
                            service.getSpec().getPorts().stream()
                                    .map(it -> it.getTargetPort().getStrVal())
                                    .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void aStopHasTimeForTheDrain(Path overlay) {
        var rendered = Rendered.of(overlay);
        for (var deployment : rendered.replicas()) {
            var environment = rendered.environment(deployment);
            var preStop = container(deployment).getLifecycle().getPreStop().getSleep().getSeconds();

            var needed =
                    Duration.ofSeconds(preStop)
                            .plus(duration(environment, "quarkus.shutdown.delay"))
                            .plus(duration(environment, "quarkus.shutdown.timeout"))
                            .plus(duration(environment, "carillon.worker.grace"))
                            .plus(AFTER_GRACE);

            assertThat(
                            Duration.ofSeconds(
                                    deployment
                                            .getSpec()
                                            .getTemplate()
                                            .getSpec()
                                            .getTerminationGracePeriodSeconds()))
                    .isGreaterThanOrEqualTo(needed);
            assertThat(deployment.getSpec().getStrategy().getRollingUpdate().getMaxUnavailable())
                    .isEqualTo(new IntOrString(0));
        }
    }

    @Test
    void whatIsScrapedIsThere() {
        int monitors = 0;
        for (var rendered : Rendered.all()) {
            for (var monitor : rendered.all(ServiceMonitor.class)) {
                monitors++;
                var selector = monitor.getSpec().getSelector().getMatchLabels();
                var services =
                        rendered.all(Service.class).stream()
                                .filter(it -> selects(selector, it.getMetadata().getLabels()))
                                .toList();
                assertThat(services)
                        .as("services of %s", monitor.getMetadata().getName())
                        .hasSize(1);
                assertThat(monitor.getSpec().getEndpoints()).isNotEmpty();
                for (var endpoint : monitor.getSpec().getEndpoints()) {
                    assertThat(services.getFirst().getSpec().getPorts())
                            .anyMatch(it -> it.getName().equals(endpoint.getPort()));
                    assertThat(Api.get(endpoint.getPath()).statusCode()).isEqualTo(200);
                }
            }
        }
        assertThat(monitors).isPositive();
    }

    @Test
    void whatScalesByAMetricAsksForOneThatIsThere() {
        var metrics = new ArrayList<MetricIdentifier>();
        for (var rendered : Rendered.all()) {
            for (var scaler : rendered.all(HorizontalPodAutoscaler.class)) {
                assertScales(rendered, scaler.getSpec().getScaleTargetRef().getName());
                scaler.getSpec().getMetrics().stream()
                        .filter(it -> it.getExternal() != null)
                        .forEach(it -> metrics.add(it.getExternal().getMetric()));
            }
        }
        var rules =
                Manifests.adapterValues(Manifests.FOLDER.resolve("components/autoscaling-queue"))
                        .rules()
                        .external();

        assertThat(metrics).isNotEmpty();
        for (var metric : metrics) {
            assertThat(rules)
                    .filteredOn(it -> it.name().as().equals(metric.getName()))
                    .singleElement()
                    .satisfies(it -> assertThat(it.seriesQuery()).startsWith(metric.getName()));
            assertThat(metric.getSelector().getMatchExpressions()).isNotEmpty();
            for (var condition : metric.getSelector().getMatchExpressions()) {
                assertThat(labels(metric.getName())).contains(condition.getKey());
                assertThat(ExecutionState.values())
                        .extracting(Enum::name)
                        .containsAll(condition.getValues());
            }
        }
    }

    /** Those of a metric that is documented, which another test compares with the code. */
    private static List<String> labels(String metric) {
        var row =
                Pattern.compile(
                                "^\\| `%s` \\|[^|]*\\|([^|]*)\\|".formatted(metric),
                                Pattern.MULTILINE)
                        .matcher(ProjectFiles.document("metrics.md"));
        assertThat(row.find()).as(metric).isTrue();
        return Pattern.compile("`(\\w+)`")
                .matcher(row.group(1))
                .results()
                .map(it -> it.group(1))
                .toList();
    }

    @Test
    void whatKedaAsksPostgresqlIsAnswered() {
        assertThat(inFiles(Manifests.ScaledObject.class))
                .flatExtracting(it -> it.spec().triggers())
                .filteredOn(it -> it.type().equals("postgresql"))
                .isNotEmpty()
                .allSatisfy(
                        it ->
                                assertThat(Database.number(it.metadata().get("query")))
                                        .isNotNegative());
    }

    private static <T> List<T> inFiles(Class<T> type) {
        return Manifests.objectFiles()
                .flatMap(file -> Manifests.read(file).stream())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyContainerIsConfined(Path overlay) {
        for (var pod : Rendered.of(overlay).pods()) {
            assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSpec().getSecurityContext().getSeccompProfile().getType())
                    .isEqualTo("RuntimeDefault");
            assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
            for (var container : pod.getSpec().getContainers()) {
                var context = container.getSecurityContext();
                assertThat(context.getReadOnlyRootFilesystem()).isTrue();
                assertThat(context.getAllowPrivilegeEscalation()).isFalse();
                assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
                assertThat(container.getResources().getLimits()).containsKey("memory");
                assertThat(container.getVolumeMounts())
                        .anyMatch(it -> it.getMountPath().equals("/tmp"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void thePasswordComesFromASecret(Path overlay) {
        for (var deployment : Rendered.of(overlay).replicas()) {
            assertThat(container(deployment).getEnvFrom())
                    .filteredOn(it -> it.getSecretRef() != null)
                    .singleElement()
                    .satisfies(
                            it ->
                                    assertThat(it.getSecretRef().getName())
                                            .startsWith(DATABASE_SECRET));
        }
    }

    private static Container container(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
    }

    private static String pathOf(Probe probe) {
        return probe.getHttpGet().getPath();
    }

    private static boolean isNamed(HasMetadata object, String name) {
        return object.getMetadata().getName().equals(name);
    }

    private static boolean selects(Map<String, String> selector, Map<String, String> labels) {
        return selector != null
                && !selector.isEmpty()
                && labels.entrySet().containsAll(selector.entrySet());
    }

    private static Duration duration(Map<String, String> environment, String key) {
        return DurationConverter.parseDuration(
                environment.getOrDefault(
                        ProjectFiles.variable(key),
                        ConfigProvider.getConfig()
                                .getOptionalValue(key, String.class)
                                .orElse("0s")));
    }
}
