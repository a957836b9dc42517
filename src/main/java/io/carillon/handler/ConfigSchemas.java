package io.carillon.handler;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Makes JSON schemas of config records from their components, constraints and {@code @Schema}
 * annotations. A component that is not {@link Nullable} is required.
 */
final class ConfigSchemas {
    private final SchemaGenerator generator;

    ConfigSchemas() {
        var builder =
                new SchemaGeneratorConfigBuilder(
                                SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                        .with(
                                new JakartaValidationModule(
                                        JakartaValidationOption.INCLUDE_PATTERN_EXPRESSIONS))
                        .with(
                                Option.INLINE_ALL_SCHEMAS,
                                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES);
        builder.forFields()
                .withIgnoreCheck(field -> field.getAnnotation(JsonIgnore.class) != null)
                .withRequiredCheck(ConfigSchemas::isRequired)
                .withDescriptionResolver(ConfigSchemas::descriptionOf)
                .withDefaultResolver(ConfigSchemas::defaultOf);
        builder.forTypesInGeneral()
                .withAdditionalPropertiesResolver(
                        type -> type.getType().getErasedType().isRecord() ? Void.class : null)
                .withCustomDefinitionProvider(ConfigSchemas::ofOurOwn);
        this.generator = new SchemaGenerator(builder.build());
    }

    JsonNode of(Class<?> config) {
        return generator.generateSchema(config);
    }

    private static boolean isRequired(FieldScope field) {
        return !field.isFakeContainerItemScope()
                && !field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static @Nullable String descriptionOf(FieldScope field) {
        var about = aboutOf(field);
        return about == null || about.description().isEmpty() ? null : about.description();
    }

    /** Reads a default: a boolean, a whole number, or else a text. */
    private static @Nullable Object defaultOf(FieldScope field) {
        var about = aboutOf(field);
        if (about == null || about.defaultValue().isEmpty()) {
            return null;
        }
        String text = about.defaultValue();
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> text.matches("-?\\d{1,9}") ? Integer.valueOf(text) : text;
        };
    }

    private static @Nullable Schema aboutOf(FieldScope field) {
        return field.isFakeContainerItemScope() ? null : field.getAnnotation(Schema.class);
    }

    /** Defines types that are not records and are not written as their class suggests. */
    private static @Nullable CustomDefinition ofOurOwn(
            ResolvedType type, SchemaGenerationContext context) {
        var erased = type.getErasedType();
        var schema = JsonNodeFactory.instance.objectNode();
        if (JsonNode.class.isAssignableFrom(erased)) {
            return inline(schema);
        }
        if (erased.equals(Duration.class)) {
            return inline(schema.set("type", types()));
        }
        if (erased.equals(Instant.class)) {
            return inline(schema.put("type", "string").put("format", "date-time"));
        }
        return null;
    }

    private static JsonNode types() {
        return JsonNodeFactory.instance.arrayNode().add("string").add("number");
    }

    private static CustomDefinition inline(ObjectNode schema) {
        return new CustomDefinition(
                schema,
                CustomDefinition.DefinitionType.INLINE,
                CustomDefinition.AttributeInclusion.YES);
    }
}
