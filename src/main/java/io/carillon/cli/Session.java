package io.carillon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Calls the API for a command: to where and with which key, and how answers are shown. */
final class Session {
    static final String API = "/api/v1";

    private static final String DEFAULT_URL = "http://localhost:8080";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final ObjectMapper JSON = new ObjectMapper();

    enum Output {
        TABLE,
        JSON
    }

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--url",
            description = "Where Carillon is, such as https://carillon.example.com")
    @Nullable String url;

    @Option(
            names = {"-n", "--namespace"},
            description = "The namespace; default: all one may see, or the one of the key")
    @Nullable String namespace;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "table or json; default: ${DEFAULT-VALUE}")
    Output output = Output.TABLE;

    private @Nullable Login checked;
    private @Nullable HttpClient http;
    private final Map<String, String> environment = System.getenv();

    static String version() {
        String version = Cli.class.getPackage().getImplementationVersion();
        return version == null ? "of these sources" : version;
    }

    PrintWriter out() {
        return Objects.requireNonNull(command).commandLine().getOut();
    }

    PrintWriter err() {
        return Objects.requireNonNull(command).commandLine().getErr();
    }

    boolean wantsJson() {
        return output == Output.JSON;
    }

    /** Prints an answer as it is. */
    void print(JsonNode answer) {
        out().println(answer.toPrettyString());
    }

    /** Returns a query that has the parameters with a value; empty if none has. */
    String query(@Nullable String... namesAndValues) {
        var query = new StringBuilder();
        for (int index = 0; index < namesAndValues.length; index += 2) {
            String value = namesAndValues[index + 1];
            if (value != null) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(namesAndValues[index])
                        .append("=")
                        .append(encoded(value));
            }
        }
        return query.toString();
    }

    JsonNode get(String path) {
        return call("GET", path, null, "application/json");
    }

    JsonNode post(String path, JsonNode body) {
        return call("POST", path, body.toString(), "application/json");
    }

    /**
     * Returns the answer; null in JSON if it is empty.
     *
     * @throws Failure if the service refuses, or does not answer
     */
    JsonNode call(String method, String path, @Nullable String body, String contentType) {
        var answer = send(method, path, body, contentType, "application/json");
        return answer.isEmpty() ? JsonNodeFactory.instance.nullNode() : read(answer);
    }

    /** As {@link #call}, with the answer as text. */
    String send(
            String method,
            String path,
            @Nullable String body,
            String contentType,
            String accepted) {
        var request =
                request(path, accepted)
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", contentType);
        }
        var response = answer(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw refusal(response, response.body());
        }
        return response.body();
    }

    /**
     * Opens a stream of events.
     *
     * @param after the id after which it begins
     * @throws Failure if the service refuses, or does not answer
     */
    InputStream stream(String path, String after) {
        var response =
                answer(
                        request(path, "text/event-stream").header("Last-Event-ID", after),
                        HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() < 300) {
            return response.body();
        }
        try (var body = response.body()) {
            throw refusal(response, new String(body.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw noAnswer(failure);
        }
    }

    private HttpRequest.Builder request(String path, String accepted) {
        var request =
                HttpRequest.newBuilder(uri(path))
                        .timeout(TIMEOUT)
                        .header("Accept", accepted + ", application/problem+json");
        String key = key();
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    private <T> HttpResponse<T> answer(
            HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) {
        try {
            return client().send(request.build(), body);
        } catch (IOException failure) {
            throw noAnswer(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure(Cli.NO_ANSWER, "Interrupted.");
        }
    }

    private Failure noAnswer(IOException failure) {
        return new Failure(Cli.NO_ANSWER, "No answer from " + base() + ": " + why(failure));
    }

    /**
     * Asks whether a key is good where it is to be used.
     *
     * @throws Failure if it is not
     */
    void check(Login login) {
        checked = login;
        get("/jobs?limit=1");
    }

    /** Every command has a session, and one of them calls. */
    private HttpClient client() {
        if (http == null) {
            http =
                    HttpClient.newBuilder()
                            .connectTimeout(Duration.ofSeconds(10))
                            .version(HttpClient.Version.HTTP_1_1)
                            .build();
        }
        return http;
    }

    /** Returns a job by its name or its id. */
    JsonNode job(String nameOrId) {
        return get(jobPath(nameOrId));
    }

    String jobPath(String nameOrId) {
        return ID.matcher(nameOrId).matches()
                ? "/jobs/" + nameOrId
                : "/jobs/by-name/" + encoded(nameOrId) + query("namespace", namespace);
    }

    /** Returns the path of a job's operation. */
    String jobPath(String nameOrId, String operation) {
        String id = ID.matcher(nameOrId).matches() ? nameOrId : job(nameOrId).path("id").asText();
        return "/jobs/" + id + operation;
    }

    /** Returns the URL without a slash at its end. */
    String base() {
        String known = url == null ? environment.get("CARILLON_URL") : url;
        String at =
                known == null || known.isEmpty()
                        ? Login.last(environment).map(Login::url).orElse(DEFAULT_URL)
                        : known;
        return at.replaceFirst("/+$", "");
    }

    Map<String, String> environment() {
        return environment;
    }

    /** A stored key is only for where it was stored for. */
    private @Nullable String key() {
        if (checked != null) {
            return checked.key();
        }
        String known = environment.get("CARILLON_KEY");
        return known != null && !known.isEmpty()
                ? known
                : Login.last(environment)
                        .filter(login -> login.url().equals(base()))
                        .map(Login::key)
                        .orElse(null);
    }

    private URI uri(String path) {
        try {
            var uri = URI.create(base() + API + path);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException malformed) {
            // The message below says what is expected.
        }
        throw new Failure(2, "Not a URL: " + base());
    }

    private static Failure refusal(HttpResponse<?> response, String body) {
        return new Failure(Cli.REFUSED, inWords(response, body), response.statusCode());
    }

    private static String inWords(HttpResponse<?> response, String body) {
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (!type.contains("json")) {
            return "HTTP %d from %s, which does not look like Carillon."
                    .formatted(response.statusCode(), response.uri());
        }
        var problem = read(body);
        var text = new StringBuilder(problem.path("detail").asText(problem.path("title").asText()));
        var violations = problem.path("violations");
        if (violations.size() > 1) {
            violations.forEach(
                    violation ->
                            text.append(
                                    "%n  %s: %s"
                                            .formatted(
                                                    violation.path("field").asText(),
                                                    violation.path("message").asText())));
        }
        if (response.statusCode() == 401) {
            text.append("%nSet CARILLON_KEY, or run `carillon login`.".formatted());
        }
        return text.toString();
    }

    static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException malformed) {
            throw new Failure(Cli.NO_ANSWER, "The answer is not JSON.");
        }
    }

    private static String why(IOException failure) {
        String message = failure.getMessage();
        return message == null || message.isEmpty() ? failure.getClass().getSimpleName() : message;
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
