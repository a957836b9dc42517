import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Receives signed calls of Carillon; needs a JDK from 17 on and nothing else.
 *
 * <pre>SIGNING_KEYS=whsec_current,whsec_former PORT=8090 java Receiver.java</pre>
 *
 * Put your work into work(). README.md says what is checked and why.
 */
public class Receiver {
    static final List<String> KEYS = List.of(System.getenv().getOrDefault("SIGNING_KEYS", "").split(",", -1));
    static final Duration TOLERANCE = Duration.ofMinutes(5);
    static final Duration KEPT = Duration.ofDays(1);
    static final int MAX_BODY = 1 << 20;

    static final AtomicInteger WORKS = new AtomicInteger();

    /** Does the work of a call and returns the answer's body; if it throws, Carillon tries again. */
    static byte[] work(byte[] body) {
        if (body.length == 0) {
            throw new IllegalArgumentException("nothing to work on");
        }
        return "{\"works\": %d}".formatted(WORKS.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
    }

    static class Answer {
        final long since = System.nanoTime();
        byte[] body;
    }

    /** The answers by call, in the order in which they came. */
    static final Map<String, Answer> ANSWERS = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
            return System.nanoTime() - eldest.getValue().since > KEPT.toNanos();
        }
    };

    static void answerOnce(HttpExchange exchange, String call, byte[] body) throws IOException {
        Answer answer;
        synchronized (ANSWERS) {
            answer = ANSWERS.computeIfAbsent(call, first -> new Answer());
        }
        synchronized (answer) { // a repeat waits until the first is done
            if (answer.body == null) {
                answer.body = work(body);
            } else {
                exchange.getResponseHeaders().set("Idempotency-Replayed", "true");
            }
        }
        send(exchange, 200, answer.body);
    }

    /** Returns why a call is not Carillon's, or null. Headers are only believed once the signature is right. */
    static String refusal(HttpExchange exchange, byte[] body) throws GeneralSecurityException {
        String call = header(exchange, "webhook-id");
        String timestamp = header(exchange, "webhook-timestamp");
        boolean isSigned = false;
        for (String key : KEYS) {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(key), "HmacSHA256"));
            mac.update((call + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            String expected = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
            isSigned |= Arrays.stream(header(exchange, "webhook-signature").split(" "))
                    .anyMatch(given -> MessageDigest.isEqual(expected.getBytes(), given.getBytes()));
        }
        if (!isSigned) {
            return "wrong signature";
        }
        if (Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(timestamp)) > TOLERANCE.toSeconds()) {
            return "too old, or clocks differ";
        }
        String key = exchange.getRequestHeaders().getFirst("idempotency-key");
        return key == null || key.equals(call) ? null : "Idempotency-Key is not the signed webhook-id";
    }

    static void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                send(exchange, 413, "too large\n".getBytes());
                return;
            }
            try {
                String why = refusal(exchange, body);
                if (why == null) {
                    answerOnce(exchange, header(exchange, "webhook-id"), body);
                } else {
                    send(exchange, 401, (why + "\n").getBytes());
                }
            } catch (RuntimeException | GeneralSecurityException failure) {
                System.err.println("failed: " + failure.getMessage());
                send(exchange, 500, "failed\n".getBytes());
            }
        }
    }

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    static byte[] bytes(String key) {
        return key.startsWith("whsec_")
                ? Base64.getDecoder().decode(key.substring(6))
                : key.getBytes(StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) throws IOException {
        if (KEYS.stream().anyMatch(key -> bytes(key).length == 0)) {
            System.err.println("SIGNING_KEYS has no key, or an empty one");
            System.exit(1);
        }
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8090"));
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", Receiver::receive);
        server.start();
        System.out.println("listening on port " + server.getAddress().getPort());
    }
}
