package io.carillon.handler;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.Type;
import org.jspecify.annotations.Nullable;

/**
 * Links types and configs in the OpenAPI document: the config of a request is one of all handlers'
 * configs, and the type decides which. A {@code discriminator} cannot express this, since the type
 * is next to the config and not in it.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class TypeSchemas implements OASFilter {
    private static final DotName HANDLER = DotName.createSimple(JobHandler.class);
    private static final DotName TYPED = DotName.createSimple(TypedConfig.class);
    private static final DotName SCHEMA =
            DotName.createSimple(org.eclipse.microprofile.openapi.annotations.media.Schema.class);

    private static final String CONFIG = "JobConfig";

    private final IndexView index;

    public TypeSchemas(IndexView index) {
        this.index = index;
    }

    @Override
    public void filterOpenAPI(OpenAPI openApi) {
        var configs = configs();
        openApi.getComponents().addSchema(CONFIG, anyOf(configs));
        var schemas = openApi.getComponents().getSchemas();
        for (var request : index.getAllKnownImplementations(TYPED)) {
            about(request)
                    .map(about -> schemas.get(about.value("name").asString()))
                    .ifPresent(schema -> tellApart(schema, configs));
        }
    }

    /** Returns the names of the configs' schemas, by type. */
    private Map<String, String> configs() {
        var configs = new TreeMap<String, String>();
        for (var handler : index.getAllKnownImplementations(HANDLER)) {
            handler.interfaceTypes().stream()
                    .filter(type -> type.kind() == Type.Kind.PARAMETERIZED_TYPE)
                    .filter(type -> type.name().equals(HANDLER))
                    .map(type -> type.asParameterizedType().arguments().getFirst().name())
                    .flatMap(name -> about(index.getClassByName(name)).stream())
                    .filter(about -> about.value("title") != null)
                    .forEach(
                            about ->
                                    configs.put(
                                            about.value("title").asString(),
                                            about.value("name").asString()));
        }
        return configs;
    }

    private static Optional<AnnotationInstance> about(@Nullable ClassInfo type) {
        return Optional.ofNullable(type)
                .map(known -> known.declaredAnnotation(SCHEMA))
                .filter(about -> about.value("name") != null);
    }

    /** Named, so that a generated client has one class for it, and not one for each request. */
    private static Schema anyOf(Map<String, String> configs) {
        return OASFactory.createSchema()
                .type(List.of(Schema.SchemaType.OBJECT))
                .description("The config of one of the types")
                .examples(List.of(Map.of("url", "https://example.com/reports")))
                .anyOf(configs.values().stream().map(TypeSchemas::reference).toList());
    }

    private static void tellApart(Schema request, Map<String, String> configs) {
        var rules = new ArrayList<Schema>();
        configs.forEach(
                (type, config) ->
                        rules.add(
                                OASFactory.createSchema()
                                        .ifSchema(
                                                open(
                                                        "type",
                                                        OASFactory.createSchema().constValue(type)))
                                        .thenSchema(open("config", reference(config)))));
        var config = Objects.requireNonNull(request.getProperties().get("config"));
        config.setType(null);
        config.setRef(CONFIG);
        request.setAllOf(rules);
    }

    /**
     * Returns a schema that speaks of one field and says that there are others: linters that close
     * schemas before they check examples would close this one too.
     */
    private static Schema open(String field, Schema schema) {
        return OASFactory.createSchema()
                .addProperty(field, schema)
                .unevaluatedProperties(OASFactory.createSchema().booleanSchema(true));
    }

    private static Schema reference(String name) {
        return OASFactory.createSchema().ref(name);
    }
}
