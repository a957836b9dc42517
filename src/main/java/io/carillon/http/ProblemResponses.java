package io.carillon.http;

import io.carillon.problem.Problem;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/**
 * Adds to the OpenAPI document how operations can fail: adds the responses that all operations
 * share, and gives the problem schema to those that a resource declares. Leaves success responses
 * alone.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ProblemResponses implements OASFilter {
    private static final String API = "/api/";

    @Override
    public void filterOpenAPI(OpenAPI openApi) {
        var paths = openApi.getPaths();
        // Below a root path, those of the file with the examples are not those of resources.
        String root =
                ConfigProvider.getConfig()
                        .getOptionalValue("quarkus.http.root-path", String.class)
                        .map(RootPath::prefix)
                        .orElse("");
        for (var item : Map.copyOf(paths.getPathItems()).entrySet()) {
            if (!root.isEmpty()
                    && item.getValue().getOperations().values().stream()
                            .anyMatch(operation -> operation.getResponses() == null)) {
                paths.removePathItem(item.getKey());
            }
        }
        paths.getPathItems().forEach(ProblemResponses::describe);
    }

    private static void describe(String path, PathItem item) {
        if (!path.contains(API)) {
            return;
        }
        for (Operation operation : item.getOperations().values()) {
            var responses = operation.getResponses();
            if (responses == null) {
                // An example of what no resource has; a test of the document names it.
                continue;
            }
            // Quarkus says "Bad Request" where a body is validated.
            responses.removeAPIResponse("400");
            add(responses, 400, "Malformed or invalid; violations name the fields");
            add(responses, 401, "No API key, or one that is not valid");
            add(responses, 403, "The key does not have the role for this in that namespace");
            if (path.contains("{")) {
                add(responses, 404, "Nothing has this id");
            }
            if (operation.getRequestBody() != null) {
                add(responses, 413, "The body is too large");
                add(responses, 415, "The body is not JSON");
            }
            add(responses, 503, "PostgreSQL does not answer; try again");
            responses
                    .getAPIResponses()
                    .forEach(
                            (status, response) -> {
                                if (List.of('4', '5').contains(status.charAt(0))) {
                                    response.setContent(problem());
                                } else if (response.getContent() != null) {
                                    response.getContent().removeMediaType(Problem.MEDIA_TYPE);
                                }
                            });
            responses.setAPIResponses(new TreeMap<>(responses.getAPIResponses()));
        }
    }

    private static void add(APIResponses responses, int status, String description) {
        String name = Integer.toString(status);
        if (!responses.hasAPIResponse(name)) {
            responses.addAPIResponse(name, OASFactory.createAPIResponse().description(description));
        }
    }

    private static Content problem() {
        var schema = OASFactory.createSchema().ref("#/components/schemas/Problem");
        return OASFactory.createContent()
                .addMediaType(Problem.MEDIA_TYPE, OASFactory.createMediaType().schema(schema));
    }
}
