package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A replica whose resolver asks a hostile DNS server, by the JDK and the C library as in
 * production. {@code 127.0.0.2} stands for the open network, and is allowed; {@code 127.0.0.1} is
 * what must not be reached. Skipped where one may not listen on port 53 or have a {@code
 * resolv.conf} of one's own.
 */
class HostileDnsIT {
    private static final String DNS_ADDRESS = "127.0.0.153";
    private static final String OPEN = "127.0.0.2";
    private static final String FORBIDDEN = "127.0.0.1";
    private static final List<String> OWN_FILES =
            List.of("unshare", "--user", "--map-root-user", "--mount");

    private final AtomicInteger reached = new AtomicInteger();
    private HostileDns dns;
    private Api api;
    private int port;

    @Test
    void nothingIsReachedThatMayNotBe() throws Exception {
        assumeTrue(hasFilesOfItsOwn(), "no mount namespaces here");
        try (var forbidden = new ServerSocket(0, 50, InetAddress.getByName(FORBIDDEN));
                var postgres = new TestPostgres();
                var server = listening()) {
            dns = server;
            port = forbidden.getLocalPort();
            var open = HttpServer.create(new InetSocketAddress(OPEN, port), 0);
            open.createContext("/", HostileDnsIT::answer);
            open.start();
            Thread.startVirtualThread(() -> count(forbidden));
            try (var replica = Replica.start(postgres, settings(), wrapper())) {
                replica.awaitReady();
                api = new Api(replica);
                aNameThatChangesBetweenCheckAndUse();
                namesWithSomethingForbiddenBehindThem();
                aRedirectToANameThatChanges();
                aNameThatNobodyAnswersFor();
            } finally {
                open.stop(0);
            }
        }
        assertThat(reached).as("connections to what is forbidden").hasValue(0);
    }

    private static HostileDns listening() throws IOException {
        try {
            return new HostileDns(DNS_ADDRESS);
        } catch (BindException mayNot) {
            assumeTrue(false, "port 53 of " + DNS_ADDRESS + ": " + mayNot.getMessage());
            throw mayNot;
        }
    }

    private static boolean hasFilesOfItsOwn() throws InterruptedException {
        try {
            var command = new ArrayList<>(OWN_FILES);
            command.add("true");
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    /** Runs the replica with a resolver that asks the hostile server alone. */
    private static List<String> wrapper() throws IOException {
        var file = Files.createTempFile(Path.of("target"), "resolv", ".conf").toAbsolutePath();
        Files.writeString(file, "nameserver " + DNS_ADDRESS + "\noptions timeout:1 attempts:1\n");
        var wrapper = new ArrayList<>(OWN_FILES);
        wrapper.addAll(
                List.of(
                        "sh",
                        "-c",
                        "mount --bind " + file + " /etc/resolv.conf && exec \"$@\"",
                        "sh"));
        return wrapper;
    }

    private Map<String, String> settings() {
        String proxy = "http://" + FORBIDDEN + ":" + port;
        return Map.of(
                "CARILLON_OUTGOING_ALLOW_LOOPBACK",
                "false",
                "CARILLON_OUTGOING_ALLOWED_NETWORKS",
                OPEN + "/32",
                // The JDK keeps an answer for half a minute, which would spare it the next one.
                "JAVA_TOOL_OPTIONS",
                "-Dsun.net.inetaddr.ttl=0 -Dhttp.proxyHost="
                        + FORBIDDEN
                        + " -Dhttp.proxyPort="
                        + port,
                "http_proxy",
                proxy,
                "HTTP_PROXY",
                proxy);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        // Each call looks its name up anew.
        exchange.getResponseHeaders().set("Connection", "close");
        if (path.startsWith("/to/")) {
            String there = path.substring("/to/".length());
            exchange.getResponseHeaders()
                    .set(
                            "Location",
                            "http://" + there + ":" + exchange.getLocalAddress().getPort());
            exchange.sendResponseHeaders(302, -1);
        } else {
            exchange.sendResponseHeaders(204, -1);
        }
        exchange.close();
    }

    private void count(ServerSocket forbidden) {
        try {
            while (true) {
                forbidden.accept().close();
                reached.incrementAndGet();
            }
        } catch (IOException closed) {
            // The test has ended.
        }
    }

    private void aNameThatChangesBetweenCheckAndUse() throws Exception {
        dns.answers("changes.hostile.test", OPEN, FORBIDDEN);
        String job = created("changes.hostile.test/");

        var codes = new HashMap<String, Integer>();
        for (int run = 0; run < 15; run++) {
            codes.merge(code(ended(triggered(job))), 1, Integer::sum);
        }

        assertThat(codes).containsOnlyKeys("SUCCEEDED", "ADDRESS_REFUSED");
    }

    private void namesWithSomethingForbiddenBehindThem() throws Exception {
        dns.answers("both.hostile.test", OPEN + " " + FORBIDDEN);
        dns.answers("metadata.hostile.test", "169.254.169.254");
        dns.answersWithIpv6("mapped.hostile.test", FORBIDDEN);
        dns.answersWithIpv6("loopback.hostile.test", "::1");
        dns.answers("inner.hostile.test", FORBIDDEN);
        dns.leadsTo("outer.hostile.test", "inner.hostile.test");
        for (String name : List.of("both", "metadata", "mapped", "loopback", "outer")) {
            var answer = api.post("/jobs", job(name + ".hostile.test/"));

            assertThat(answer.status()).as(name).isEqualTo(400);
            assertThat(answer.body().toString())
                    .as(name)
                    .contains("config.url")
                    .contains("leads to");
        }
    }

    private void aRedirectToANameThatChanges() throws Exception {
        dns.answers("first.hostile.test", OPEN);
        dns.answers("second.hostile.test", OPEN, FORBIDDEN);
        String job = created("first.hostile.test/to/second.hostile.test");

        var codes = new HashMap<String, Integer>();
        for (int run = 0; run < 10; run++) {
            codes.merge(code(ended(triggered(job))), 1, Integer::sum);
        }

        assertThat(codes).containsOnlyKeys("SUCCEEDED", "ADDRESS_REFUSED");
    }

    private void aNameThatNobodyAnswersFor() throws Exception {
        dns.isSilentAbout("silent.hostile.test");
        dns.answers("fine.hostile.test", OPEN);
        String silent = triggered(created("silent.hostile.test/"));
        String fine = triggered(created("fine.hostile.test/"));

        assertThat(code(ended(fine))).isEqualTo("SUCCEEDED");
        assertThat(code(ended(silent))).isEqualTo("HTTP_CONNECT");
    }

    /** Creates a job; its host is looked up for that too, so it may need some tries. */
    private String created(String hostAndPath) {
        return await().atMost(Duration.ofSeconds(10))
                .until(() -> api.post("/jobs", job(hostAndPath)), made -> made.status() == 201)
                .body()
                .get("id")
                .textValue();
    }

    private Map<String, Object> job(String hostAndPath) {
        int slash = hostAndPath.indexOf('/');
        String url =
                "http://%s:%d%s"
                        .formatted(
                                hostAndPath.substring(0, slash),
                                port,
                                hostAndPath.substring(slash));
        return Map.of(
                "name",
                hostAndPath.replace('/', '-'),
                "type",
                "http",
                "timeout",
                "10s",
                "retry",
                Map.of("maxAttempts", 1),
                "config",
                Map.of("url", url, "followRedirects", 3));
    }

    private String triggered(String job) throws IOException {
        return api.post("/jobs/" + job + "/trigger", Map.of()).body().get("id").textValue();
    }

    private JsonNode ended(String execution) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> api.get("/executions/" + execution).body(),
                        found -> found.hasNonNull("finishedAt"));
    }

    /** What became of it: its state, or why it failed. */
    private static String code(JsonNode execution) {
        String state = execution.get("state").textValue();
        return state.equals("SUCCEEDED") ? state : execution.at("/error/code").asText();
    }
}
