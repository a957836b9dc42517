package io.carillon.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The OpenAPI document of the running application, and whether JSON is as it says. */
public final class OpenApi {
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12,
                    builder ->
                            builder.schemaRegistryConfig(
                                    SchemaRegistryConfig.builder()
                                            .formatAssertionsEnabled(true)
                                            .build()));

    private final JsonNode document;
    private final JsonNode closed;

    /**
     * @param method in lower case
     */
    public record Operation(String method, String path, JsonNode description) {
        public String name() {
            return method + " " + path;
        }

        /** What bodies may be of, by media type; empty when there is none. */
        public Map<String, JsonNode> bodies() {
            return entries(description.at("/requestBody/content"));
        }
    }

    private OpenApi(JsonNode document) {
        this.document = document;
        this.closed = closed(document.get("components"));
    }

    public static OpenApi read() {
        return new OpenApi(Api.tree(Api.get("/q/openapi?format=json"), 200));
    }

    public List<Operation> operations() {
        return entries(document.get("paths")).entrySet().stream()
                .filter(path -> path.getKey().startsWith("/api/"))
                .flatMap(OpenApi::operations)
                .toList();
    }

    private static Stream<Operation> operations(Map.Entry<String, JsonNode> path) {
        return entries(path.getValue()).entrySet().stream()
                .map(each -> new Operation(each.getKey(), path.getKey(), each.getValue()));
    }

    /** The tags that are described. */
    public List<String> tags() {
        return document.get("tags").findParents("description").stream()
                .map(tag -> tag.get("name").textValue())
                .toList();
    }

    public Map<String, JsonNode> schemas() {
        return entries(document.at("/components/schemas"));
    }

    public JsonNode schema(String name) {
        return document.at("/components/schemas/" + name);
    }

    /** Whether anything in the document is of this schema. */
    public boolean refersTo(String schema) {
        return document.toString().contains("\"#/components/schemas/" + schema + "\"");
    }

    /**
     * Where a value is not as a schema of this document says: an unknown field, one that is
     * missing, another type.
     */
    public List<String> faults(JsonNode schema, JsonNode value) {
        var root = Api.object();
        root.set("components", closed);
        root.putArray("allOf").add(schema);
        return REGISTRY.getSchema(root).validate(value).stream()
                .map(error -> error.getInstanceLocation() + " " + error.getMessage())
                .toList();
    }

    /** A schema allows fields that it does not know unless it says otherwise. */
    private static JsonNode closed(JsonNode components) {
        var closed = components.deepCopy();
        for (var schema : closed.get("schemas")) {
            if (schema.has("properties") && !schema.has("additionalProperties")) {
                ((ObjectNode) schema).put("additionalProperties", false);
            }
        }
        return closed;
    }

    /** The fields of an object by name, in order; none of what is no object. */
    public static Map<String, JsonNode> entries(JsonNode object) {
        var entries = new LinkedHashMap<String, JsonNode>();
        object.properties().forEach(each -> entries.put(each.getKey(), each.getValue()));
        return entries;
    }
}
