package io.carillon.handler.health;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.DatabaseClock;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.handler.http.Answer;
import io.carillon.handler.http.Call;
import io.carillon.handler.http.CallTarget;
import io.carillon.handler.http.HttpCalls;
import io.carillon.handler.http.HttpFailures;
import io.carillon.handler.http.NotConnectedException;
import io.carillon.handler.http.Transfer;
import io.carillon.json.Json;
import io.carillon.outgoing.GuardedSockets;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Probes once per attempt: first the certificate, which needs its own connection, then the port or
 * the URL. The result shows what was seen, healthy or not.
 */
@ApplicationScoped
class HealthHandler implements JobHandler<HealthConfig> {
    private final HttpCalls calls;
    private final GuardedSockets sockets;
    private final OutgoingGuard guard;
    private final DatabaseClock clock;
    private final Json json;

    HealthHandler(
            HttpCalls calls,
            GuardedSockets sockets,
            OutgoingGuard guard,
            DatabaseClock clock,
            Json json) {
        this.calls = calls;
        this.sockets = sockets;
        this.guard = guard;
        this.clock = clock;
        this.json = json;
    }

    @Override
    public String type() {
        return "health_check";
    }

    @Override
    public Class<HealthConfig> configType() {
        return HealthConfig.class;
    }

    @Override
    public Map<String, Where> placeholders() {
        return Map.of("url", Where.URL);
    }

    @Override
    public List<Violation> check(HealthConfig config) {
        var violations = new ArrayList<Violation>();
        if ((config.url() == null) == (config.tcp() == null)) {
            violations.add(new Violation("url", "expected either url or tcp"));
            return violations;
        }
        boolean isUrl = config.url() != null;
        if (!CallTarget.isOne(urlOf(config))) {
            violations.add(
                    isUrl
                            ? new Violation(
                                    "url", "expected an absolute http or https URL with a host")
                            : new Violation("tcp", "expected host:port"));
        }
        if (isUrl && config.tls() != null) {
            violations.add(new Violation("tls", "requires tcp; a URL says it by https"));
        }
        if (!isUrl && config.status() != null) {
            violations.add(new Violation("status", "goes with url"));
        }
        if (!isUrl && config.expectedBody() != null) {
            violations.add(new Violation("expectedBody", "goes with url"));
        }
        if (config.expectedBody() != null && !config.expectedBody().expectsSomething()) {
            violations.add(new Violation("expectedBody", "expected contains or json"));
        }
        return violations;
    }

    @Override
    public List<Violation> check(HealthConfig config, String namespace) {
        var violations = new ArrayList<>(check(config));
        String field = config.url() == null ? "tcp" : "url";
        violations.addAll(Transfer.refusals(guard, namespace, field, urlOf(config)));
        return violations;
    }

    private static String urlOf(HealthConfig config) {
        return config.url() == null
                ? (config.speaksTls() ? "https://" : "http://") + config.tcp()
                : config.url();
    }

    @Override
    public Outcome run(ExecutionContext<HealthConfig> context) throws InterruptedException {
        var config = context.config();
        var target = CallTarget.of(urlOf(config));
        var result = JsonNodeFactory.instance.objectNode();
        try {
            var fault = target.isSecure() ? faultOfCertificate(context, target, result) : none();
            if (fault.isEmpty()) {
                fault = faultOfAnswer(context, target, result);
            }
            return fault.<Outcome>map(each -> each.withResult(result.put("healthy", false)))
                    .orElseGet(() -> new Outcome.Success(result.put("healthy", true)));
        } catch (IOException failure) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return HttpFailures.of(failure, target).withResult(result.put("healthy", false));
        }
    }

    private static Optional<Outcome.Failure> none() {
        return Optional.empty();
    }

    private static Optional<Outcome.Failure> fault(String code, String message) {
        return Optional.of(Outcome.failure(code, message));
    }

    private Optional<Outcome.Failure> faultOfCertificate(
            ExecutionContext<HealthConfig> context, CallTarget target, ObjectNode result)
            throws IOException, InterruptedException {
        var config = context.config();
        Certificate certificate;
        try (var socket = connected(target, context.namespace())) {
            certificate = Certificate.of(socket, target);
        }
        var left = Duration.between(clock.now(), certificate.endsAt());
        result.set("certificate", certificate.result(left));
        if (left.compareTo(Duration.ofDays(config.daysOfCertificate())) < 0) {
            return fault(
                    "HEALTH_CERTIFICATE",
                    "the certificate of %s ends at %s"
                            .formatted(target.hostAndPort(), certificate.endsAt()));
        }
        return certificate.distrust() == null
                ? none()
                : fault(
                        "HEALTH_CERTIFICATE",
                        "the certificate of %s is not trusted: %s"
                                .formatted(target.hostAndPort(), certificate.distrust()));
    }

    private Socket connected(CallTarget target, String namespace)
            throws IOException, InterruptedException {
        try {
            return sockets.connect(target.host(), target.port(), namespace);
        } catch (IOException failure) {
            throw new NotConnectedException(failure);
        }
    }

    private Optional<Outcome.Failure> faultOfAnswer(
            ExecutionContext<HealthConfig> context, CallTarget target, ObjectNode result)
            throws IOException, InterruptedException {
        var config = context.config();
        String namespace = context.namespace();
        long begun = System.nanoTime();
        if (config.url() == null) {
            connected(target, namespace).close();
            return faultOfLatency(config, begun, result);
        }
        var headers = Map.of("User-Agent", "Carillon");
        var answer = calls.send(new Call(namespace, target, "GET", headers, null));
        var latency = faultOfLatency(config, begun, result);
        result.put("status", answer.status());
        if (config.status() == null
                ? answer.status() / 100 != 2
                : config.status() != answer.status()) {
            return fault(
                    "HEALTH_STATUS",
                    "%s answered %d".formatted(target.hostAndPort(), answer.status()));
        }
        var lack = lackOf(config, answer);
        return lack.isPresent() ? lack.map(each -> Outcome.failure("HEALTH_BODY", each)) : latency;
    }

    private Optional<String> lackOf(HealthConfig config, Answer answer) {
        return config.expectedBody() == null
                ? Optional.empty()
                : Objects.requireNonNull(config.expectedBody()).lackOf(answer.body(), json);
    }

    private static Optional<Outcome.Failure> faultOfLatency(
            HealthConfig config, long begun, ObjectNode result) {
        var latency = Duration.ofNanos(System.nanoTime() - begun);
        result.put("latencyMillis", latency.toMillis());
        return config.maxLatency() == null || latency.compareTo(config.maxLatency()) <= 0
                ? none()
                : fault(
                        "HEALTH_LATENCY",
                        "the answer took %d ms, and may take %d"
                                .formatted(latency.toMillis(), config.maxLatency().toMillis()));
    }
}
