package io.carillon.support;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The Kubernetes manifests of this project, rendered and parsed. */
public final class Manifests {
    public static final Path FOLDER = Path.of("k8s");

    private static final ObjectMapper STRICT = strictly();

    private static final Map<String, Class<?>> MODELS =
            Map.ofEntries(
                    Map.entry("v1/ConfigMap", ConfigMap.class),
                    Map.entry("v1/Namespace", Namespace.class),
                    Map.entry("v1/Secret", Secret.class),
                    Map.entry("v1/Service", Service.class),
                    Map.entry("apps/v1/Deployment", Deployment.class),
                    Map.entry("apps/v1/StatefulSet", StatefulSet.class),
                    Map.entry(
                            "autoscaling/v2/HorizontalPodAutoscaler",
                            HorizontalPodAutoscaler.class),
                    Map.entry("keda.sh/v1alpha1/ScaledObject", ScaledObject.class),
                    Map.entry(
                            "keda.sh/v1alpha1/TriggerAuthentication", TriggerAuthentication.class),
                    Map.entry("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class),
                    Map.entry("monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class),
                    Map.entry("postgresql.cnpg.io/v1/Cluster", PostgresqlCluster.class),
                    Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
                    Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class));

    /** Of KEDA, which has no Java model, what is used here. */
    public record ScaledObject(String apiVersion, String kind, Metadata metadata, Spec spec) {
        public record Spec(
                Target scaleTargetRef,
                int minReplicaCount,
                int maxReplicaCount,
                int pollingInterval,
                int cooldownPeriod,
                List<Trigger> triggers) {}

        public record Target(String name) {}

        public record Trigger(
                String type,
                String metricType,
                Map<String, String> metadata,
                Target authenticationRef) {}
    }

    public record TriggerAuthentication(
            String apiVersion, String kind, Metadata metadata, Spec spec) {
        public record Spec(List<SecretTarget> secretTargetRef) {}

        public record SecretTarget(String parameter, String name, String key) {}
    }

    /** Of CloudNativePG, which has no Java model, what is used here. */
    public record PostgresqlCluster(String apiVersion, String kind, Metadata metadata, Spec spec) {
        public record Spec(
                int instances,
                String imageName,
                Storage storage,
                Bootstrap bootstrap,
                Postgresql postgresql,
                ResourceRequirements resources) {}

        public record Storage(String size) {}

        public record Bootstrap(InitDb initdb) {}

        public record InitDb(String database, String owner, ScaledObject.Target secret) {}

        public record Postgresql(Synchronous synchronous, Map<String, String> parameters) {}

        public record Synchronous(String method, int number) {}
    }

    public record Metadata(String name, String namespace, Map<String, String> labels) {}

    /** Values for prometheus-adapter's chart, of which the rules are used here. */
    public record AdapterValues(Rules rules) {
        public record Rules(List<Rule> external) {}

        public record Rule(
                String seriesQuery, JsonNode resources, Name name, String metricsQuery) {}

        public record Name(String as) {}
    }

    private static final String VALUES = ".values.yaml";

    /** Whichever is here renders; both are the same kustomize. */
    private static final List<List<String>> RENDERERS =
            List.of(List.of("kubectl", "kustomize"), List.of("kustomize", "build"));

    private static final Optional<List<String>> RENDERER =
            RENDERERS.stream().filter(Manifests::answers).findFirst();

    private Manifests() {}

    /** Whether overlays can be rendered; if not, says so where somebody sees it. */
    public static boolean canRender() {
        if (RENDERER.isEmpty()) {
            System.err.println(
                    "NOT CHECKED: neither kubectl nor kustomize is here, so no overlay of "
                            + FOLDER
                            + " is rendered");
        }
        return RENDERER.isPresent();
    }

    private static boolean answers(List<String> renderer) {
        try {
            output(Stream.concat(renderer.stream(), Stream.of("--help")).toList());
            return true;
        } catch (IOException absent) {
            return false;
        }
    }

    /** The folders that people deploy. */
    public static Stream<Path> overlays() {
        return folders(FOLDER.resolve("overlays"));
    }

    public static Stream<Path> components() {
        return folders(FOLDER.resolve("components"));
    }

    /** The files that hold objects as they are, before kustomize adds to them. */
    public static Stream<Path> objectFiles() {
        try (var files = Files.walk(FOLDER)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .filter(file -> !file.endsWith("namereference.yaml"))
                    .filter(file -> !file.toString().endsWith(VALUES))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What {@code kubectl apply -k} would send. */
    public static List<Object> rendered(Path overlay) {
        try {
            return parsed(
                    output(
                            Stream.concat(
                                            RENDERER.orElseThrow().stream(),
                                            Stream.of(overlay.toString()))
                                    .toList()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The base with a component added, every name of which has {@code suffix} at its end. */
    public static List<Object> renderedWith(Path component, String suffix) {
        try {
            var folder =
                    Files.createDirectories(
                            Path.of("target", "kustomize", component.getFileName().toString()));
            Files.writeString(
                    folder.resolve("kustomization.yaml"),
                    "resources: [%s]\ncomponents: [%s]\nnameSuffix: '%s'\n"
                            .formatted(
                                    folder.toAbsolutePath()
                                            .relativize(FOLDER.resolve("base").toAbsolutePath()),
                                    folder.toAbsolutePath().relativize(component.toAbsolutePath()),
                                    suffix));
            return rendered(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static List<Object> read(Path file) {
        try {
            return parsed(Files.readString(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static AdapterValues adapterValues(Path component) {
        try {
            return STRICT.readValue(
                    Files.readString(component.resolve("prometheus-adapter" + VALUES)),
                    AdapterValues.class);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A file of another kind, read as strictly. */
    public static <T> T read(Path file, Class<T> model) {
        try {
            return STRICT.readValue(Files.readString(file), model);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Refuses fields the model does not have, and scalars of another type. */
    private static List<Object> parsed(String yaml) throws IOException {
        var objects = new ArrayList<Object>();
        try (var documents = STRICT.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            while (documents.hasNext()) {
                var document = documents.next();
                String type =
                        document.path("apiVersion").asText() + "/" + document.path("kind").asText();
                var model = MODELS.get(type);
                if (model == null) {
                    throw new IllegalArgumentException("no model for " + type);
                }
                objects.add(STRICT.treeToValue(document, model));
            }
        }
        return objects;
    }

    public static JsonNode tree(Path file) {
        try {
            return STRICT.readTree(Files.readString(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static ObjectMapper strictly() {
        var mapper =
                YAMLMapper.builder()
                        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                        .annotationIntrospector(new WithoutAnySetter())
                        .build();
        for (var shape :
                List.of(
                        CoercionInputShape.Boolean,
                        CoercionInputShape.Integer,
                        CoercionInputShape.Float)) {
            mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
        }
        return mapper;
    }

    /** The models gather what they do not know; here it is a mistake. */
    private static final class WithoutAnySetter extends JacksonAnnotationIntrospector {
        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    }

    private static Stream<Path> folders(Path parent) {
        try (var folders = Files.list(parent)) {
            return folders.filter(Files::isDirectory).sorted().toList().stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String output(List<String> command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
        return output;
    }
}
