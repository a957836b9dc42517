package io.carillon.http;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/**
 * Says in the OpenAPI document what a query parameter holds, so that generated clients take a
 * number or an instant for it. Resources read all as text, because {@link Parameters} answers
 * better to what is none of these than JAX-RS does; so the scanner sees text alone.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ParameterSchemas implements OASFilter {
    private static final Set<String> BOOLEANS =
            Set.of("adopt", "all", "atomic", "brief", "deleted", "dryRun", "enabled", "prune");
    private static final Set<String> INTEGERS = Set.of("count", "limit", "page");

    /** By the schema that they refer to. */
    private static final Map<String, Set<String>> REFERRING =
            Map.of("Instant", Set.of("at", "from", "to"), "UUID", Set.of("executionId", "jobId"));

    @Override
    public Parameter filterParameter(Parameter parameter) {
        if (parameter.getIn() == Parameter.In.QUERY) {
            String name = parameter.getName();
            if (BOOLEANS.contains(name)) {
                parameter.setSchema(of(SchemaType.BOOLEAN));
                if (parameter.getExample() instanceof String text) {
                    parameter.setExample(Boolean.valueOf(text));
                }
            } else if (INTEGERS.contains(name)) {
                parameter.setSchema(of(SchemaType.INTEGER).format("int32"));
            }
            REFERRING.forEach(
                    (schema, names) -> {
                        if (names.contains(name)) {
                            parameter.setSchema(OASFactory.createSchema().ref(schema));
                        }
                    });
        }
        return parameter;
    }

    private static Schema of(SchemaType type) {
        return OASFactory.createSchema().type(List.of(type));
    }
}
