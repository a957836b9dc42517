package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carillon.support.Api;
import io.carillon.support.Database;
import io.carillon.support.Manifests;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
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
            assumeTrue(Manifests.kubectlIsHere(), "kubectl is not here: overlays are not rendered");
            return new Rendered(Manifests.rendered(overlay));
        }

        <T> List<T> all(Class<T> type) {
            return objects.stream().filter(type::isInstance).map(type::cast).toList();
        }

        List<Deployment> replicas() {
            return all(Deployment.class).stream()
                    .filter(it -> it.getMetadata().getName().startsWith("carillon"))
                    .toList();
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

    @ParameterizedTest
    @MethodSource("overlays")
    void everyOverlayRendersReplicasAndWhatGuardsThem(Path overlay) {
        var rendered = Rendered.of(overlay);

        assertThat(rendered.replicas()).isNotEmpty();
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
    void everyComponentRendersOnTheBase(Path component) {
        assumeTrue(Manifests.kubectlIsHere(), "kubectl is not here: components are not rendered");

        assertThat(Manifests.renderedWith(component)).isNotEmpty();
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

        assertThat(ProjectFiles.settings()).containsAll(names);
    }

    @ParameterizedTest
    @MethodSource("files")
    void everySecretHoldsSettingsThatAreDocumented(Path file) {
        for (Object object : Manifests.read(file)) {
            if (object instanceof Secret secret) {
                assertThat(ProjectFiles.settings()).containsAll(secret.getStringData().keySet());
            }
        }
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
        for (var service : rendered.all(Service.class)) {
            for (var pod : rendered.pods()) {
                if (selects(service.getSpec().getSelector(), pod.getMetadata().getLabels())) {
                    var names =
                            pod.getSpec().getContainers().stream()
                                    .flatMap(it -> it.getPorts().stream())
                                    .map(ContainerPort::getName)
                                    .toList();
                    assertThat(service.getSpec().getPorts())
                            .allMatch(it -> names.contains(it.getTargetPort().getStrVal()));
                }
            }
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

    @ParameterizedTest
    @MethodSource("overlays")
    void whatIsMeasuredIsThere(Path overlay) {
        var rendered = Rendered.of(overlay);
        for (var monitor : rendered.all(ServiceMonitor.class)) {
            var selected =
                    rendered.all(Service.class).stream()
                            .filter(
                                    it ->
                                            selects(
                                                    monitor.getSpec()
                                                            .getSelector()
                                                            .getMatchLabels(),
                                                    it.getMetadata().getLabels()))
                            .toList();
            assertThat(selected).as("services of %s", monitor.getMetadata().getName()).hasSize(1);
            for (var endpoint : monitor.getSpec().getEndpoints()) {
                assertThat(selected.getFirst().getSpec().getPorts())
                        .anyMatch(it -> it.getName().equals(endpoint.getPort()));
                assertThat(Api.get(endpoint.getPath()).statusCode()).isEqualTo(200);
            }
        }
        for (var scaler : rendered.all(HorizontalPodAutoscaler.class)) {
            String target = scaler.getSpec().getScaleTargetRef().getName();
            assertThat(rendered.replicas())
                    .filteredOn(it -> isNamed(it, target))
                    .singleElement()
                    .satisfies(it -> assertThat(it.getSpec().getReplicas()).isNull());
            var names =
                    scaler.getSpec().getMetrics().stream()
                            .flatMap(
                                    it ->
                                            Stream.of(
                                                    it.getPods() == null
                                                            ? null
                                                            : it.getPods().getMetric().getName(),
                                                    it.getExternal() == null
                                                            ? null
                                                            : it.getExternal()
                                                                    .getMetric()
                                                                    .getName()))
                            .filter(Objects::nonNull)
                            .toList();
            assertThat(names).isNotEmpty();
            for (String name : names) {
                assertThat(ProjectFiles.document("metrics.md")).contains("| `" + name + "` |");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void whatKedaAsksPostgresqlIsAnswered(Path file) {
        for (Object object : Manifests.read(file)) {
            if (object instanceof Manifests.ScaledObject scaled) {
                for (var trigger : scaled.spec().triggers()) {
                    if (trigger.type().equals("postgresql")) {
                        assertThat(Database.number(trigger.metadata().get("query")))
                                .isNotNegative();
                    }
                }
            }
        }
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
