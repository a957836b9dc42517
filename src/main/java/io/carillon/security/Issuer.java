package io.carillon.security;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the configured issuer of tokens (OpenID Connect Discovery 1.0). Its address is
 * the administrator's, so the guard of outgoing connections is not asked.
 */
@ApplicationScoped
public class Issuer {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_DOCUMENT = 1 << 20;
    private static final int MOST_AT_ONCE = 8;
    private static final long FRESH_NANOS = Duration.ofMinutes(5).toNanos();
    private static final String DISCOVERY = "/.well-known/openid-configuration";

    /** The error codes of RFC 6749 §5.2 look like this; other text is not repeated. */
    private static final Pattern ERROR = Pattern.compile("\"error\"\\s*:\\s*\"([A-Za-z_]{1,50})\"");

    private record Kept(Map<String, Object> document, long readNanos) {}

    private final OidcConfig config;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private volatile @Nullable Kept kept;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();

    Issuer(OidcConfig config) {
        this.config = config;
    }

    /**
     * Returns the discovery document, as it was within the last five minutes.
     *
     * @throws IOException if there is none, or it is that of another issuer
     */
    public Map<String, Object> recentDocument() throws IOException, InterruptedException {
        var known = kept;
        if (known != null && System.nanoTime() - known.readNanos < FRESH_NANOS) {
            return known.document;
        }
        var read = document();
        kept = new Kept(read, System.nanoTime());
        return read;
    }

    /** Reads the discovery document; as above. */
    Map<String, Object> document() throws IOException, InterruptedException {
        String issuer = config.issuer().orElseThrow();
        var document = object(get(issuer.replaceFirst("/+$", "") + DISCOVERY));
        if (!issuer.equals(document.get("issuer"))) {
            throw new IOException("its discovery document is that of another issuer");
        }
        return document;
    }

    /**
     * Returns a URL of the discovery document.
     *
     * @throws IOException if it has none of that name
     */
    public static String url(Map<String, Object> document, String name) throws IOException {
        if (document.get(name) instanceof String url) {
            return url;
        }
        throw new IOException("its discovery document has no " + name);
    }

    /** Sends a request whose answer is a JSON object. */
    public Map<String, Object> ask(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return object(send(request));
    }

    String get(String url) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url)));
    }

    private String send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        var request = builder.timeout(TIMEOUT).header("Accept", "application/json").build();
        if (!places.tryAcquire(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException(request.uri() + " is asked too often");
        }
        try {
            var response = answer(request);
            String text = new String(response.body(), StandardCharsets.UTF_8);
            if (response.statusCode() != 200) {
                var error = ERROR.matcher(text);
                throw new IOException(
                        "%s answered %d%s"
                                .formatted(
                                        request.uri(),
                                        response.statusCode(),
                                        error.find() ? ": " + error.group(1) : ""));
            }
            return text;
        } finally {
            places.release();
        }
    }

    /**
     * The request's own timeout ends with the headers of the answer; this one with its last byte.
     */
    private HttpResponse<byte[]> answer(HttpRequest request)
            throws IOException, InterruptedException {
        var answer =
                http.sendAsync(
                        request,
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofByteArray(), MAX_DOCUMENT));
        try {
            return answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IOException(
                    "%s has not answered within %d s"
                            .formatted(request.uri(), TIMEOUT.toSeconds()));
        } catch (ExecutionException failure) {
            throw new IOException(request.uri() + ": " + failure.getCause(), failure);
        } finally {
            answer.cancel(true);
        }
    }

    private static Map<String, Object> object(String text) throws IOException {
        try {
            return JsonUtil.parseJson(text);
        } catch (JoseException noJson) {
            throw new IOException("its answer is no JSON object", noJson);
        }
    }
}
