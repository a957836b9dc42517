package io.carillon.handler.http;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Derives the request that a redirect asks for, by RFC 9110 §15.4 and as browsers do: POST becomes
 * GET after 301, 302 and 303. It never goes from https to http, and never sends the config's
 * headers to another origin, since they may hold a password; nor does another origin see the
 * config's certificate, or profit from its CA.
 */
final class Redirects {
    private static final Set<String> OWN_HEADERS =
            Set.of(
                    "user-agent",
                    "idempotency-key",
                    "carillon-attempt",
                    "carillon-epoch",
                    "carillon-scheduled-at",
                    "traceparent",
                    "content-type");

    private Redirects() {}

    /** Returns the next request; empty if the answer is not a redirect to follow. */
    static Optional<Call> next(Call call, Answer answer) {
        return switch (answer.status()) {
            case 301, 302, 303, 307, 308 ->
                    answer.header("Location")
                            .flatMap(location -> targetOf(call.target(), location))
                            .filter(target -> target.isSecure() || !call.target().isSecure())
                            .map(target -> to(target, call, answer.status()));
            default -> Optional.empty();
        };
    }

    private static Optional<CallTarget> targetOf(CallTarget from, String location) {
        try {
            return Optional.of(
                    CallTarget.of(URI.create(from.url()).resolve(location.strip()).toString()));
        } catch (IllegalArgumentException nowhere) {
            return Optional.empty();
        }
    }

    private static Call to(CallTarget target, Call call, int status) {
        boolean isSame =
                target.isSecure() == call.target().isSecure()
                        && target.host().equalsIgnoreCase(call.target().host())
                        && target.port() == call.target().port();
        boolean becomesGet =
                status == 303 && !call.method().equals("HEAD")
                        || status <= 302 && call.method().equals("POST");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(call.headers());
        headers.keySet()
                .removeIf(
                        name ->
                                !isSame
                                        && !OWN_HEADERS.contains(
                                                name.toLowerCase(java.util.Locale.ROOT)));
        if (becomesGet) {
            headers.remove("Content-Type");
        }
        return new Call(
                call.namespace(),
                target,
                becomesGet ? "GET" : call.method(),
                headers,
                becomesGet ? null : call.body(),
                isSame ? call.tls() : null);
    }
}
