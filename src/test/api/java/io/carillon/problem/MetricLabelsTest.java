package io.carillon.problem;

import static io.carillon.support.Api.get;
import static io.carillon.support.Api.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Api;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** No path that a client made up becomes a label of a metric. */
@QuarkusTest
class MetricLabelsTest {
    private static final Pattern URI =
            Pattern.compile("http_server_requests_seconds_count\\{.*uri=\"([^\"]*)\"");

    @Test
    void madeUpPathsHaveOneLabelWhateverTheMethod() throws Exception {
        for (int count = 0; count < 40; count++) {
            String id = UUID.randomUUID().toString();
            for (String path :
                    List.of("/api/v1/jobs/" + id, "/api/v1/executions/" + id, "/" + id)) {
                for (String method :
                        List.of("POST", "OPTIONS", "TRACE", "HEAD", "PUT", "DELETE", "BREW")) {
                    request().contentType("text/plain").body("x").request(method, path);
                }
            }
            request().contentType("text/plain").body("x").put("/api/v1/queues/" + id);
            request().accept("text/html").get("/api/v1/jobs/" + id);
            get("/api/v1/jobs/" + id + "/" + id);
            get("/q/" + id);
            raw("/" + id + "/%zz");
        }
        get("/api/v1/jobs/" + UUID.randomUUID());
        get("/");

        var uris = new TreeSet<String>();
        URI.matcher(get("/q/metrics").asString()).results().forEach(it -> uris.add(it.group(1)));

        assertThat(uris)
                .contains("/api/v1/jobs/{id}", "/{none}")
                .noneMatch(uri -> uri.matches(".*[0-9a-f]{8}-[0-9a-f]{4}-.*"));
    }

    private static void raw(String path) throws IOException {
        try (var socket = new Socket(Api.service().getHost(), Api.service().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            ("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }
}
