package io.carillon.handler.http;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.outgoing.Guards;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.support.RawTarget;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the guard refuses, when a job is saved and when it runs. */
@QuarkusTest
class GuardedCallsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://10.0.0.1/|10.0.0.1 leads to a private address, which carillon.outgoing.allow-private does not allow",
                "https://[::ffff:a9fe:a9fe]/|[::ffff:a9fe:a9fe] leads to a metadata address of a cloud, which no setting allows",
                "http://metadata.google.internal/|metadata.google.internal leads to a metadata address of a cloud, which no setting allows",
                "http://2130706433/|2130706433 is refused: an IPv4 address must be written as four decimal numbers"
            })
    void whatIsRefusedIsA400WhenItIsSaved(String url, String message) {
        var job = aJob().put("type", "http");
        job.putObject("config").put("url", url);

        for (var problem :
                new com.fasterxml.jackson.databind.JsonNode[] {
                    tree(body(aCallOf(url)).post(EXECUTIONS), 400), tree(body(job).post(JOBS), 400)
                }) {
            assertThat(problem.at("/violations/0/field").textValue()).isEqualTo("config.url");
            assertThat(problem.at("/violations/0/message").textValue()).isEqualTo(message);
            assertThat(problem.get("violations")).hasSize(1);
        }
    }

    @Test
    void aJobIsNotChangedToWhatIsRefused() {
        String id = createdId(aJob());
        ObjectNode change = object().put("type", "http");
        change.putObject("config").put("url", "http://169.254.169.254/latest/meta-data/");

        var problem =
                tree(
                        io.carillon.support.Api.request()
                                .contentType("application/merge-patch+json")
                                .body(change.toString())
                                .patch(JOBS + "/{id}", id),
                        400);

        assertThat(problem.at("/violations/0/field").textValue()).isEqualTo("config.url");
    }

    @Test
    void aNameThatHasNoAddressYetIsSaved() {
        var job = aJob().put("type", "http");
        job.putObject("config").put("url", "http://not-yet.invalid/");

        tree(body(job).post(JOBS), 201);
    }

    /** The name is good when the job is saved, and leads elsewhere when it runs. */
    @Test
    void whatIsRefusedWhenItRunsFailsForGoodAndNothingIsCalled() {
        var dns = new Guards.Dns().answers("evil.example", "8.8.8.8");
        QuarkusMock.installMockForType(
                Guards.with(Map.of("allowed-networks", "127.0.0.1/32"), dns), OutgoingGuard.class);
        try (var target = RawTarget.startAt("127.0.0.2", RawTarget.Exchange::ok)) {
            var job = aJob().put("type", "http");
            job.putObject("config").put("url", "http://evil.example:" + target.port() + "/");
            String id = createdId(job);
            dns.answers("evil.example", "127.0.0.2");

            var execution = ended(triggered(id, "{}").get("id").textValue());

            assertThat(execution.get("state").textValue()).isEqualTo("FAILED");
            assertThat(execution.get("attempt").asInt()).isEqualTo(1);
            assertThat(execution.at("/error/code").textValue()).isEqualTo("ADDRESS_REFUSED");
            assertThat(execution.at("/error/message").textValue())
                    .isEqualTo(
                            "evil.example leads to a loopback address, which carillon.outgoing.allow-loopback does not allow");
            assertThat(target.connections()).isZero();
        }
    }

    @Test
    void aRedirectIsAnAnswerLikeOthersUnlessItIsToBeFollowed() {
        try (var target = RawTarget.start(exchange -> redirects(exchange, "/elsewhere"))) {
            var execution = ended(submittedId(aCallOf(target.url("/"))));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_STATUS");
            assertThat(target.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://169.254.169.254/latest/, 169.254.169.254 leads to a metadata address of a cloud",
        "http://[::ffff:10.0.0.1]/, [::ffff:10.0.0.1] leads to a private address",
        "http://0x7f000001/, 0x7f000001 is refused"
    })
    void aRedirectToWhatIsRefusedFailsForGood(String location, String refusal) {
        try (var target = RawTarget.start(exchange -> redirects(exchange, location))) {
            var execution = ended(submittedId(following(target.url("/"), 5)));

            assertThat(execution.get("attempt").asInt()).isEqualTo(1);
            assertThat(execution.at("/error/code").textValue()).isEqualTo("ADDRESS_REFUSED");
            assertThat(execution.at("/error/message").textValue()).startsWith(refusal);
            assertThat(target.requests()).hasSize(1);
        }
    }

    @Test
    void afterRedirectsTheLastAnswerCounts() {
        try (var target =
                RawTarget.start(
                        exchange -> {
                            if (exchange.number() < 3) {
                                redirects(exchange, "/hop-" + exchange.number());
                            } else {
                                exchange.ok("", "here".getBytes(StandardCharsets.UTF_8));
                            }
                        })) {
            var execution = ended(submittedId(following(target.url("/"), 2)));

            assertThat(execution.at("/result/body").textValue()).isEqualTo("here");
            assertThat(execution.at("/result/redirects").asInt()).isEqualTo(2);
            assertThat(target.requests()).hasSize(3);
        }
    }

    @Test
    void noMoreRedirectsAreFollowedThanTheJobSays() {
        try (var target = RawTarget.start(exchange -> redirects(exchange, "/again"))) {
            var execution = ended(submittedId(following(target.url("/"), 3)));

            assertThat(execution.at("/error/message").textValue())
                    .isEqualTo("the target answered 302");
            assertThat(target.requests()).hasSize(4);
        }
    }

    /** What a redirect leads to is not connected, but the request before has been read. */
    @Test
    void aRedirectToNowhereIsNotRepeatedWhereAtMostOneMayLeave() {
        try (var target =
                RawTarget.start(
                        exchange ->
                                redirects(
                                        exchange, io.carillon.support.HttpTarget.refusingUrl()))) {
            var call = following(target.url("/"), 1).put("delivery", "AT_MOST_ONCE");

            var execution = ended(submittedId(call));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_CONNECT");
            assertThat(execution.get("attempt").asInt()).isEqualTo(1);
            assertThat(target.requests()).hasSize(1);
        }
    }

    private static void redirects(RawTarget.Exchange exchange, String location) throws IOException {
        exchange.says(
                "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
                        .formatted(location));
    }

    private static ObjectNode following(String url, int redirects) {
        var call = aCallOf(url);
        ((ObjectNode) call.get("config")).put("followRedirects", redirects);
        call.set("retry", json("{\"maxAttempts\": 2, \"delay\": \"1ms\"}"));
        return call;
    }
}
