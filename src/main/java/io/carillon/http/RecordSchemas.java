package io.carillon.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.RecordComponentInfo;
import org.jspecify.annotations.Nullable;

/**
 * Completes the schemas with what the scanner does not see. A component of a record that is not
 * {@link Nullable} is required: a body must have it, and an answer always has it. A schema that
 * holds a list, such as a page, takes its example from the item.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class RecordSchemas implements OASFilter {
    private static final String COMPONENTS = "#/components/schemas/";
    private static final DotName SCHEMA =
            DotName.createSimple(org.eclipse.microprofile.openapi.annotations.media.Schema.class);
    private static final DotName NULLABLE = DotName.createSimple(Nullable.class);

    private final IndexView index;

    public RecordSchemas(IndexView index) {
        this.index = index;
    }

    /**
     * Removes what the scanner derives from a Java type next to a reference or a choice, because it
     * contradicts these.
     */
    @Override
    public Schema filterSchema(Schema schema) {
        if (schema.getOneOf() != null) {
            schema.setRef(null);
            schema.setType(null);
        }
        if (schema.getRef() != null) {
            schema.setType(null);
            schema.setFormat(null);
            sayDefault(schema);
        }
        return schema;
    }

    /**
     * Generators take a default beside a reference for code of their language, so it is in words.
     */
    private static void sayDefault(Schema schema) {
        if (schema.getDefaultValue() != null) {
            schema.setDescription(
                    schema.getDescription() + "; default: " + schema.getDefaultValue());
            schema.setDefaultValue(null);
        }
    }

    @Override
    public void filterOpenAPI(OpenAPI openApi) {
        var schemas = openApi.getComponents().getSchemas();
        for (var annotation : index.getAnnotations(SCHEMA)) {
            boolean isOfClass = annotation.target().kind() == AnnotationTarget.Kind.CLASS;
            if (isOfClass && annotation.value("name") != null) {
                var schema = schemas.get(annotation.value("name").asString());
                require(annotation.target().asClass(), schema);
            }
        }
        schemas.values().forEach(schema -> giveExample(schema, schemas));
    }

    private static void require(ClassInfo type, @Nullable Schema schema) {
        if (schema != null && type.isRecord()) {
            schema.setRequired(
                    type.recordComponents().stream()
                            .filter(RecordSchemas::isAlwaysThere)
                            .map(RecordComponentInfo::name)
                            .toList());
        }
    }

    private static boolean isAlwaysThere(RecordComponentInfo component) {
        return !component.type().hasAnnotation(NULLABLE)
                && !component.field().hasAnnotation(JsonInclude.class);
    }

    private static void giveExample(Schema schema, Map<String, Schema> schemas) {
        var properties = schema.getProperties();
        if (schema.getExamples() != null || properties == null) {
            return;
        }
        var example = new LinkedHashMap<String, Object>();
        boolean holdsItems = false;
        for (var property : properties.entrySet()) {
            var item = itemOf(property.getValue(), schemas);
            if (item != null && item.getExamples() != null) {
                example.put(property.getKey(), List.of(item.getExamples().getFirst()));
                holdsItems = true;
            } else if (property.getValue().getExamples() != null) {
                example.put(property.getKey(), property.getValue().getExamples().getFirst());
            }
        }
        if (holdsItems) {
            schema.setExamples(List.of(example));
        }
    }

    private static @Nullable Schema itemOf(Schema list, Map<String, Schema> schemas) {
        return list.getItems() == null || list.getItems().getRef() == null
                ? null
                : schemas.get(list.getItems().getRef().substring(COMPONENTS.length()));
    }
}
