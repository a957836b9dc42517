package io.carillon.handler.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.callback.Callbacks;
import io.carillon.database.DatabaseClock;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.handler.http.HttpAuthentication.ClientCredentials;
import io.carillon.json.Json;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.placeholder.Mask;
import io.carillon.placeholder.Placeholders;
import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls a URL once per attempt; follows redirects only if the config says so, and checks the
 * address of each. {@code Idempotency-Key} is the execution's id and stays the same in all
 * attempts, so that a receiver can tell a repetition from a new call.
 */
@ApplicationScoped
class HttpHandler implements JobHandler<HttpConfig> {
    private static final int ACCEPTED = 202;

    private final HttpCalls calls;
    private final LimitedCalls limits;
    private final AccessTokens tokens;
    private final TlsContexts tlsContexts;
    private final OutgoingGuard guard;
    private final DatabaseClock clock;
    private final Json json;
    private final Callbacks callbacks;

    HttpHandler(
            HttpCalls calls,
            LimitedCalls limits,
            AccessTokens tokens,
            TlsContexts tlsContexts,
            OutgoingGuard guard,
            DatabaseClock clock,
            Json json,
            Callbacks callbacks) {
        this.calls = calls;
        this.limits = limits;
        this.tokens = tokens;
        this.tlsContexts = tlsContexts;
        this.guard = guard;
        this.clock = clock;
        this.json = json;
        this.callbacks = callbacks;
    }

    @Override
    public String type() {
        return "http";
    }

    @Override
    public Class<HttpConfig> configType() {
        return HttpConfig.class;
    }

    @Override
    public Map<String, Where> placeholders() {
        return Map.of(
                "url", Where.URL,
                "headers", Where.HEADER,
                "body", Where.BODY,
                "sign", Where.HEADER,
                "auth", Where.HEADER,
                "tls", Where.TEXT);
    }

    @Override
    public List<Violation> check(HttpConfig config) {
        var violations = new ArrayList<Violation>();
        if (config.expectedBody() != null && !config.expectedBody().expectsSomething()) {
            violations.add(new Violation("expectedBody", "expected contains or json"));
        }
        // A secret in clear would be stored with the job, and be read back with it.
        if (config.sign() != null && !config.sign().equals(Placeholders.SAMPLE_SECRET)) {
            violations.add(
                    new Violation("sign", "expected one secret, such as {{secret.shop-signing}}"));
        }
        if (config.auth() != null) {
            violations.addAll(config.auth().violations(config.headerNames()));
        }
        if (config.tls() != null) {
            violations.addAll(config.tls().violations(CallTarget.of(config.url())));
        }
        if (config.callback() != null && !callbacks.areOn()) {
            violations.add(new Violation("callback", callbacks.absence()));
        }
        return violations;
    }

    @Override
    public List<Violation> check(HttpConfig config, String namespace) {
        var violations = new ArrayList<>(check(config));
        violations.addAll(Transfer.refusals(guard, namespace, "url", config.url()));
        if (config.auth() != null && config.auth().oidc() instanceof ClientCredentials client) {
            violations.addAll(
                    Transfer.refusals(
                            guard, namespace, HttpAuthentication.TOKEN_URL, client.tokenUrl()));
        }
        return violations;
    }

    @Override
    public Outcome run(ExecutionContext<HttpConfig> context) throws InterruptedException {
        return limits.within(
                CallTarget.of(context.config().url()), context.timeout(), () -> call(context));
    }

    private Outcome call(ExecutionContext<HttpConfig> context) throws InterruptedException {
        Call.@Nullable Tls tls = null;
        try {
            if (context.config().tls() instanceof HttpTls wanted) {
                tls = tlsContexts.of(wanted, CallTarget.of(context.config().url()));
            }
        } catch (IllegalArgumentException unusable) {
            return Outcome.failure("TLS_CONFIG_INVALID", String.valueOf(unusable.getMessage()))
                    .notRetryable()
                    .withoutEffect();
        }
        Authorization authorization;
        try {
            authorization =
                    context.config().auth() instanceof HttpAuthentication authentication
                            ? tokens.of(authentication, context.namespace())
                            : Authorization.NONE;
        } catch (TokenException none) {
            return none.outcome();
        }
        var call = callOf(context, authorization, tls);
        return run(context.config(), call, authorization).masked(new Mask(authorization.hidden()));
    }

    private Outcome run(HttpConfig config, Call first, Authorization authorization)
            throws InterruptedException {
        var call = first;
        int followed = 0;
        while (true) {
            Answer answer;
            try {
                answer = calls.send(call);
            } catch (IOException failure) {
                var outcome = HttpFailures.of(failure, call.target());
                // A request that follows a redirect has others sent before it.
                return followed == 0 ? outcome : outcome.withEffect();
            }
            var next =
                    followed < config.redirects()
                            ? Redirects.next(call, answer)
                            : Optional.<Call>empty();
            if (next.isEmpty()) {
                return outcomeOf(answer, config, followed, authorization);
            }
            call = next.get();
            followed++;
        }
    }

    private Outcome outcomeOf(
            Answer answer, HttpConfig config, int followed, Authorization authorization) {
        var result = resultOf(answer);
        if (followed > 0) {
            result.put("redirects", followed);
        }
        int status = answer.status();
        String kept = authorization.keptAs();
        if (status == HttpConfig.UNAUTHORIZED && kept != null) {
            tokens.drop(kept);
        }
        var failure =
                Outcome.failure("HTTP_STATUS", "the target answered " + status).withResult(result);
        return switch (config.actionOn(status, kept != null)) {
            case SUCCEED ->
                    lackOf(answer, config)
                            .<Outcome>map(
                                    lack -> Outcome.failure("HTTP_BODY", lack).withResult(result))
                            .orElseGet(() -> accepted(status, config, result));
            case FAIL -> failure.notRetryable();
            case PAUSE_JOB -> failure.pausingJob();
            case RETRY ->
                    RetryAfter.parse(answer.header("Retry-After"), clock.now())
                            .map(failure::notBefore)
                            .orElse(failure);
        };
    }

    private Outcome accepted(int status, HttpConfig config, ObjectNode result) {
        return status == ACCEPTED && config.callback() != null
                ? new Outcome.Deferred(clock.now().plus(config.callback().within()), result)
                : new Outcome.Success(result);
    }

    private Optional<String> lackOf(Answer answer, HttpConfig config) {
        return config.expectedBody() == null
                ? Optional.empty()
                : config.expectedBody().lackOf(answer.body(), json);
    }

    private Call callOf(
            ExecutionContext<HttpConfig> context,
            Authorization authorization,
            Call.@Nullable Tls tls) {
        var config = context.config();
        var body = config.content();
        String method = config.method() == null ? (body == null ? "GET" : "POST") : config.method();
        var headers = AttemptHeaders.of(context);
        if (config.callback() != null) {
            callbacks
                    .ofAttempt(context.executionId(), context.epoch())
                    .ifPresent(url -> headers.put("Carillon-Callback", url));
        }
        if (body != null) {
            headers.put(
                    "Content-Type",
                    body.isTextual() ? "text/plain; charset=utf-8" : "application/json");
        }
        headers.putAll(config.headers() == null ? Map.of() : config.headers());
        if (authorization.value() != null) {
            headers.put("Authorization", authorization.value());
        }
        String text = body == null ? null : body.isTextual() ? body.textValue() : body.toString();
        byte[] bytes = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        if (config.sign() != null) {
            String id = context.executionId().toString();
            headers.putAll(Signature.headers(config.sign(), id, clock.now(), bytes));
        }
        return new Call(
                context.namespace(),
                CallTarget.of(config.url()),
                method.toUpperCase(Locale.ROOT),
                headers,
                bytes,
                tls);
    }

    private static ObjectNode resultOf(Answer answer) {
        var result = JsonNodeFactory.instance.objectNode();
        result.put("status", answer.status());
        var headers = result.putObject("headers");
        answer.headers()
                .forEach(
                        (name, value) ->
                                headers.put(
                                        storable(name.toLowerCase(Locale.ROOT)), storable(value)));
        var body = answer.body();
        result.put("body", body.text());
        if (body.isCut()) {
            result.put("bodyCut", true);
            result.put("bodyBytes", body.length());
        }
        return result;
    }

    /** PostgreSQL's jsonb cannot hold U+0000. */
    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }
}
