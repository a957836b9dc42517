package io.carillon.handler.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The receivers under {@code examples/}, as processes, called with what {@link Signature} makes.
 */
class ExampleReceiversTest {
    private static final String KEY = "whsec_plJ3nmyCDGBKInavdOK15jsl";
    private static final String FORMER_KEY = "a text without a prefix";
    private static final String BODY = "{\"order\": 4711, \"to\": \"é ☃\"}";
    private static final int MAX_BODY = 1 << 20;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Map<Language, Running> RUNNING = new EnumMap<>(Language.class);

    private record Running(Process process, URI uri) {}

    enum Language {
        PYTHON("python3", "receiver.py"),
        JAVASCRIPT("node", "receiver.mjs"),
        JAVA(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "Receiver.java"),
        GO("go", "receiver.go");

        private final String program;
        private final String source;

        Language(String program, String source) {
            this.program = program;
            this.source = "examples/receivers/" + source;
        }

        private boolean isThere() {
            return program.contains(File.separator)
                    || Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                            .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
        }

        /** {@code go run} would leave the receiver behind when it is killed itself. */
        private List<String> command() throws Exception {
            if (this != GO) {
                return List.of(program, source);
            }
            String built = Path.of("target", "receiver-go").toAbsolutePath().toString();
            assertThat(
                            new ProcessBuilder(program, "build", "-o", built, source)
                                    .inheritIO()
                                    .start()
                                    .waitFor())
                    .isZero();
            return List.of(built);
        }

        private ProcessBuilder with(String keys) throws Exception {
            var builder =
                    new ProcessBuilder(command())
                            .redirectError(
                                    Files.createTempFile(Path.of("target"), "receiver-", ".log")
                                            .toFile());
            builder.environment().put("SIGNING_KEYS", keys);
            builder.environment().put("PORT", "0");
            return builder;
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        for (var each : RUNNING.values()) {
            each.process().destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSignedCallIsWorkedOn(Language language) throws Exception {
        var call = new SignedCall(language);

        assertThat(call.send().statusCode()).isEqualTo(200);
        assertThat(call.send().body()).contains("works");
    }

    @ParameterizedTest
    @EnumSource
    void aCallSignedByTheFormerKeyIsWorkedOnToo(Language language) throws Exception {
        var call = new SignedCall(language);
        call.key = FORMER_KEY;

        assertThat(call.send().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void oneRightSignatureOfSeveralIsEnough(Language language) throws Exception {
        var call = new SignedCall(language);
        call.changed.put("webhook-signature", "v1,AAAA v2,BBBB " + call.signature());

        assertThat(call.send().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void aCallIsRefusedIfNotAllOfItIsSigned(Language language) throws Exception {
        var other = new SignedCall(language);
        var wrongKey = new SignedCall(language);
        wrongKey.key = "whsec_plJ3nmyCDGBKInavdOK15jsm";
        var emptyKey = new SignedCall(language);
        emptyKey.key = "\0"; // of an HMAC the same as no key at all
        var otherBody = new SignedCall(language);
        otherBody.sent = BODY.replace('7', '8');
        var otherId = new SignedCall(language);
        otherId.changed.put("webhook-id", other.id);
        otherId.changed.put("Idempotency-Key", other.id);
        var otherTime = new SignedCall(language);
        otherTime.changed.put(
                "webhook-timestamp", Long.toString(otherTime.at.getEpochSecond() + 1));
        var noTime = new SignedCall(language);
        noTime.changed.put("webhook-timestamp", "");
        var noSignature = new SignedCall(language);
        noSignature.changed.put("webhook-signature", "");
        var cutSignature = new SignedCall(language);
        cutSignature.changed.put("webhook-signature", cutSignature.signature().substring(0, 20));
        var strangeSignature = new SignedCall(language);
        strangeSignature.changed.put("webhook-signature", "v1,é");
        for (var call :
                List.of(
                        wrongKey,
                        emptyKey,
                        otherBody,
                        otherId,
                        otherTime,
                        noTime,
                        noSignature,
                        cutSignature,
                        strangeSignature)) {
            var answer = call.send();

            assertThat(answer.statusCode()).as("%s", call.changed).isEqualTo(401);
            assertThat(answer.body()).contains("wrong signature");
        }
        assertThat(other.send().headers().map()).doesNotContainKey("idempotency-replayed");
    }

    @ParameterizedTest
    @EnumSource
    void aCallWithoutHeadersIsRefused(Language language) throws Exception {
        var request = HttpRequest.newBuilder(running(language).uri()).build();

        assertThat(CLIENT.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @EnumSource
    void anOldCallAndOneOfTheFutureAreRefused(Language language) throws Exception {
        for (var shift : List.of(Duration.ofSeconds(-310), Duration.ofSeconds(310))) {
            var call = new SignedCall(language);
            call.at = call.at.plus(shift);
            var answer = call.send();

            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).contains("too old");
        }
        for (var shift : List.of(Duration.ofSeconds(-280), Duration.ofSeconds(280))) {
            var call = new SignedCall(language);
            call.at = call.at.plus(shift);

            assertThat(call.send().statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRepeatIsAnsweredTheSameWithoutWork(Language language) throws Exception {
        var call = new SignedCall(language);
        var first = call.send();
        call.at = call.at.plusSeconds(1);
        var repeat = call.send();
        var another = new SignedCall(language).send();

        assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
        assertThat(repeat.statusCode()).isEqualTo(200);
        assertThat(repeat.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(repeat.body()).isEqualTo(first.body());
        assertThat(worksOf(another)).isEqualTo(worksOf(first) + 1);
    }

    @ParameterizedTest
    @EnumSource
    void repeatsAtTheSameTimeAreWorkedOnOnce(Language language) throws Exception {
        var call = new SignedCall(language);
        var bodies = new HashSet<String>();
        int worked = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Callable<HttpResponse<String>>>();
            for (int i = 0; i < 20; i++) {
                calls.add(call::send);
            }
            for (var answer : threads.invokeAll(calls)) {
                bodies.add(answer.get().body());
                worked += answer.get().headers().map().containsKey("idempotency-replayed") ? 0 : 1;
            }
        }

        assertThat(bodies).hasSize(1);
        assertThat(worked).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void workThatHasFailedIsDoneAgain(Language language) throws Exception {
        var call = new SignedCall(language);
        call.signed = "";
        call.sent = "";
        for (int i = 0; i < 2; i++) {
            var answer = call.send();

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.headers().firstValue("Idempotency-Replayed")).isEmpty();
        }
        call.signed = BODY;
        call.sent = BODY;

        assertThat(call.send().statusCode()).isEqualTo(200);
    }

    /** Whoever records a call may change what is not signed. */
    @ParameterizedTest
    @EnumSource
    void aKeyThatIsNotTheSignedIdIsRefused(Language language) throws Exception {
        var call = new SignedCall(language);
        call.changed.put("Idempotency-Key", UUID.randomUUID().toString());

        assertThat(call.send().statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatIsTooLargeIsRefused(Language language) throws Exception {
        var call = new SignedCall(language);
        call.signed = "a".repeat(MAX_BODY);
        call.sent = call.signed;
        assertThat(call.send().statusCode()).isEqualTo(200);

        call.sent = call.signed + "a";
        assertThat(call.send().statusCode()).isEqualTo(413);
    }

    @ParameterizedTest
    @EnumSource
    void itDoesNotStartWithoutKeys(Language language) throws Exception {
        assumeTrue(language.isThere(), () -> "no " + language.program);
        for (String keys : List.of("", KEY + ",", "whsec_")) {
            var process = language.with(keys).start();
            try {
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(keys).isTrue();
                assertThat(process.exitValue()).isEqualTo(1);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static int worksOf(HttpResponse<String> answer) {
        return Integer.parseInt(answer.body().replaceAll("\\D", ""));
    }

    private static Running running(Language language) throws Exception {
        assumeTrue(language.isThere(), () -> "no " + language.program);
        var known = RUNNING.get(language);
        if (known != null) {
            return known;
        }
        var process = language.with(KEY + "," + FORMER_KEY).start();
        String port = String.valueOf(lines(process).readLine()).replaceAll("\\D", "");
        var started = new Running(process, URI.create("http://127.0.0.1:" + port + "/orders"));
        RUNNING.put(language, started);
        return started;
    }

    private static BufferedReader lines(Process process) throws IOException {
        return process.inputReader(UTF_8);
    }

    /** A call as Carillon makes it, with what somebody on its way has changed. */
    private static final class SignedCall {
        private final URI uri;
        private final String id = UUID.randomUUID().toString();
        private final Map<String, String> changed = new HashMap<>();
        private Instant at = Instant.now();
        private String key = KEY;
        private String signed = BODY;
        private String sent = BODY;

        private SignedCall(Language language) throws Exception {
            uri = running(language).uri();
        }

        private Map<String, String> headers() {
            return Signature.headers(key, id, at, signed.getBytes(UTF_8));
        }

        private String signature() {
            return String.valueOf(headers().get("webhook-signature"));
        }

        private HttpResponse<String> send() throws IOException, InterruptedException {
            var request =
                    HttpRequest.newBuilder(uri)
                            .POST(BodyPublishers.ofByteArray(sent.getBytes(UTF_8)));
            var headers = new HashMap<>(headers());
            headers.put("Idempotency-Key", id);
            headers.putAll(changed);
            headers.forEach(request::header);
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        }
    }
}
