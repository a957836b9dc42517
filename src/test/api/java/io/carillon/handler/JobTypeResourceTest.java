package io.carillon.handler;

import static io.carillon.support.Api.get;
import static io.carillon.support.Api.tree;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.carillon.support.OpenApi;
import io.quarkus.arc.All;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.junit.jupiter.api.Test;

/** What the service says of its types is what they are. */
@QuarkusTest
class JobTypeResourceTest {
    private static final String TYPES = "/api/v1/job-types";

    @Inject @All List<JobHandler<?>> handlers;

    @Inject JobHandlers known;

    @Test
    void everyTypeDescribesItself() {
        for (var handler : handlers) {
            var about = handler.configType().getAnnotation(Schema.class);

            assertThat(about).as(handler.type()).isNotNull();
            assertThat(about.title()).isEqualTo(handler.type());
            assertThat(about.description()).isNotBlank();
            assertThat(handler.configType()).hasAnnotation(RegisterForReflection.class);
        }
        assertThat(tree(get(TYPES), 200).get("items")).hasSameSizeAs(handlers);
    }

    @Test
    void theExampleOfEachTypeFitsItsSchemaAndItsHandler() {
        var registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
        for (var type : tree(get(TYPES), 200).get("items")) {
            var example = type.get("example");

            assertThat(registry.getSchema(type.get("schema")).validate(example))
                    .as(type.toString())
                    .isEmpty();
            assertThat(known.violations(type.get("type").textValue(), example))
                    .as(type.get("type").textValue())
                    .isEmpty();
        }
    }

    @Test
    void aSchemaHasDescriptionsDefaultsAndLimits() {
        var schema = typed("http").get("schema");

        assertThat(schema.at("/required")).hasSize(1);
        assertThat(schema.at("/required/0").textValue()).isEqualTo("url");
        assertThat(schema.at("/properties/url/maxLength").asInt()).isEqualTo(8192);
        assertThat(schema.at("/properties/followRedirects/default").asInt(-1)).isZero();
        assertThat(schema.at("/additionalProperties").asBoolean(true)).isFalse();
        var unexplained = new ArrayList<String>();
        for (var type : tree(get(TYPES), 200).get("items")) {
            OpenApi.entries(type.at("/schema/properties"))
                    .forEach(
                            (field, of) -> {
                                if (!of.has("description")) {
                                    unexplained.add(type.get("type") + "." + field);
                                }
                            });
        }
        assertThat(unexplained).isEmpty();
    }

    @Test
    void theOpenApiDocumentKnowsTheConfigOfEachType() {
        var api = OpenApi.read();
        var told = new TreeMap<String, String>();
        for (var rule : api.schema("JobRequest").path("allOf")) {
            told.put(
                    rule.at("/if/properties/type/const").asText(),
                    rule.at("/then/properties/config/$ref").asText());
        }

        assertThat(told.keySet())
                .containsExactlyInAnyOrder(
                        handlers.stream().map(JobHandler::type).toArray(String[]::new));
        assertThat(api.faults(api.schema("JobRequest"), job("\"sleep\": \"1s\""))).isEmpty();
        assertThat(api.faults(api.schema("JobRequest"), job("\"url\": \"https://a\"")))
                .isNotEmpty();
    }

    private static JsonNode job(String field) {
        return io.carillon.support.Api.json(
                "{\"name\": \"a\", \"type\": \"noop\", \"config\": {" + field + "}}");
    }

    private static JsonNode typed(String type) {
        for (var each : tree(get(TYPES), 200).get("items")) {
            if (each.get("type").textValue().equals(type)) {
                return each;
            }
        }
        throw new AssertionError("no type " + type);
    }
}
