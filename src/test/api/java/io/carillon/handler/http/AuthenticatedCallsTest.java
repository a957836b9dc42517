package io.carillon.handler.http;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.carillon.support.HttpTarget;
import io.carillon.support.RawTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls that show who they are from, to a real target and a provider of tokens. */
@QuarkusTest
class AuthenticatedCallsTest {
    private static final String CLIENT_SECRET = "s3cret: é&+%";

    private final HttpTarget target = HttpTarget.start();
    private final RawTarget provider = RawTarget.start(this::issue);
    private final String secret = unique("client");
    private final String clientId = unique("carillon & sons");

    /** The lines of the header and the body of the next answers; none left: a token for an hour. */
    private final List<String> answers = new ArrayList<>();

    @AfterEach
    void close() {
        target.close();
        provider.close();
    }

    private void issue(RawTarget.Exchange exchange) throws IOException {
        if (!answers.isEmpty()) {
            exchange.says(answers.removeFirst());
            return;
        }
        issue(
                exchange,
                "{\"access_token\": \"%s\", \"token_type\": \"bearer\", \"expires_in\": 3600}");
    }

    private void issue(RawTarget.Exchange exchange, String format) throws IOException {
        exchange.ok(
                "Content-Type: application/json\r\n",
                format.formatted(token(exchange.number())).getBytes(UTF_8));
    }

    private String token(int number) {
        return "token-%d-of-%s".formatted(number, secret);
    }

    private void providerSays(int status, String body) {
        answers.add(
                "HTTP/1.1 %d Said\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(status, body.length(), body));
    }

    @Test
    void aTokenIsAskedForOnceAndShownInEachCall() {
        var call = aCallWithToken();
        var first = ended(submittedId(call));
        ended(submittedId(call));

        assertThat(first.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(target.calls())
                .hasSize(2)
                .allSatisfy(
                        each ->
                                assertThat(each.headers())
                                        .containsEntry("Authorization", "Bearer " + token(1)));
        assertThat(provider.requests()).hasSize(1);
        var asked = provider.requests().getFirst();
        assertThat(asked.head()).startsWith("POST /token HTTP/1.1");
        assertThat(asked.header("Authorization"))
                .endsWith(
                        "Basic "
                                + base64(
                                        URLEncoder.encode(clientId, UTF_8)
                                                + ":"
                                                + URLEncoder.encode(CLIENT_SECRET, UTF_8)));
        assertThat(asked.body())
                .isEqualTo(
                        "grant_type=client_credentials&scope=reports.write+reports.read"
                                + "&audience=https%3A%2F%2Fshop.example.com");
    }

    @Test
    void aProviderMayExpectTheSecretInTheForm() {
        var call = aCallWithToken();
        oidcOf(call).put("clientAuthentication", "CLIENT_SECRET_POST").remove("scope");
        ended(submittedId(call));

        var asked = provider.requests().getFirst();
        assertThat(asked.header("Authorization")).isEmpty();
        assertThat(asked.body())
                .endsWith(
                        "&client_id=%s&client_secret=%s"
                                .formatted(
                                        URLEncoder.encode(clientId, UTF_8),
                                        URLEncoder.encode(CLIENT_SECRET, UTF_8)));
    }

    @Test
    void thoseThatNeedATokenAtTheSameTimeAskOnce() {
        var batch = object();
        var executions = batch.putArray("executions");
        for (int index = 0; index < 20; index++) {
            executions.add(aCallWithToken());
        }
        var items = tree(body(batch).post(EXECUTIONS + "/batch"), 202).get("items");
        items.forEach(each -> ended(each.get("id").textValue()));

        assertThat(target.calls()).hasSize(20);
        assertThat(provider.requests()).hasSize(1);
    }

    @Test
    void aTokenWithoutALifetimeIsNotKept() {
        String body = "{\"access_token\": \"t\"}";
        providerSays(200, body);
        providerSays(200, body);
        ended(submittedId(aCallWithToken()));
        ended(submittedId(aCallWithToken()));

        assertThat(provider.requests()).hasSize(2);
    }

    @Test
    void aKeptTokenThatTheTargetRefusesIsReplacedInTheNextAttempt() {
        ended(submittedId(aCallWithToken()));
        target.answers(401, "").answers(200, "");

        var execution = ended(submittedId(aCallWithToken()));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.get("attempt").intValue()).isEqualTo(2);
        assertThat(target.calls())
                .extracting(each -> each.headers().get("Authorization"))
                .containsExactly("Bearer " + token(1), "Bearer " + token(1), "Bearer " + token(2));
    }

    @Test
    void aFreshTokenThatTheTargetRefusesIsNoReasonToTryAgain() {
        target.answers(401, "");

        var execution = ended(submittedId(aCallWithToken()));

        assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_STATUS");
        assertThat(execution.get("attempt").intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    401 | {"error": "invalid_client"}            | answered 401 without a token: invalid_client
                    400 | {"error": "<s3cret: é&+%>"}            | answered 400 without a token
                    200 | <html>                                 | answered 200 without a token
                    200 | {"access_token": ""}                   | answered 200 without a token
                    302 | {"access_token": "t"}                  | answered 302 without a token
                    200 | {"access_token": "t", "token_type": "mac"} | gave a token that is no bearer's
                    """)
    void whatIsNoTokenIsNotTriedAgain(int status, String body, String told) {
        providerSays(status, body);

        var execution = ended(submittedId(aCallWithToken()));

        assertThat(execution.at("/error/code").textValue()).isEqualTo("TOKEN_REFUSED");
        assertThat(execution.at("/error/message").textValue())
                .isEqualTo("the token endpoint 127.0.0.1:%d %s".formatted(provider.port(), told));
        assertThat(execution.get("attempt").intValue()).isEqualTo(1);
        assertThat(target.calls()).isEmpty();
    }

    /** Nothing has been sent to the target, so another attempt is allowed even there. */
    @Test
    void aProviderThatIsAwayIsAskedAgainAlsoWhereAtMostOneCallMayBeMade() {
        providerSays(503, "");

        var execution = ended(submittedId(aCallWithToken().put("delivery", "AT_MOST_ONCE")));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.get("attempt").intValue()).isEqualTo(2);
        assertThat(execution.at("/errors/0/code").textValue()).isEqualTo("TOKEN_UNAVAILABLE");
        assertThat(target.calls()).hasSize(1);
    }

    @Test
    void aUserAndAPasswordAreShown() {
        store();
        var call = aCallOf(target.url("/"));
        configOf(call)
                .putObject("auth")
                .putObject("basic")
                .put("user", "carillon")
                .put("password", placeholder());
        target.answers(200, "Basic " + base64("carillon:" + CLIENT_SECRET));

        var execution = ended(submittedId(call));

        assertThat(target.calls().getFirst().headers())
                .containsEntry("Authorization", "Basic " + base64("carillon:" + CLIENT_SECRET));
        assertThat(execution.at("/result/body").textValue()).isEqualTo("Basic ****");
    }

    @Test
    void aTokenOfASecretIsShown() {
        store();
        var call = aCallOf(target.url("/"));
        configOf(call).putObject("auth").put("bearer", placeholder());

        ended(submittedId(call));

        assertThat(target.calls().getFirst().headers())
                .containsEntry("Authorization", "Bearer " + CLIENT_SECRET);
    }

    @Test
    void aTokenIsKeptNeitherInAResultNorInTheDatabase() {
        byte[] echo = ("you sent " + token(1)).getBytes(UTF_8);
        target.answers(200, echo, Map.of("X-Echo", "t"));

        var execution = ended(submittedId(aCallWithToken()));

        assertThat(execution.at("/result/body").textValue()).isEqualTo("you sent ****");
        assertThat(Database.tables())
                .allSatisfy(table -> assertThat(Database.dumpOf(table)).doesNotContain(token(1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {}                                                       | config.auth
                    {"bearer": "@", "basic": {"user": "u", "password": "@"}} | config.auth
                    {"bearer": "in clear"}                                   | config.auth.bearer
                    {"bearer": "half @"}                                     | config.auth.bearer
                    {"basic": {"user": "u", "password": "in clear"}}         | config.auth.basic.password
                    {"basic": {"user": "u:v", "password": "@"}}              | config.auth.basic.user
                    {"oidc": {"tokenUrl": "https://a.example/t", "clientId": "c", "clientSecret": "clear"}} | config.auth.oidc.clientSecret
                    {"oidc": {"tokenUrl": "ftp://a.example/t", "clientId": "c", "clientSecret": "@"}}       | config.auth.oidc.tokenUrl
                    {"oidc": {"tokenUrl": "http://169.254.169.254/t", "clientId": "c", "clientSecret": "@"}} | config.auth.oidc.tokenUrl
                    {"oidc": {"tokenUrl": "https://a.example/t", "clientSecret": "@"}}                      | config.auth.oidc.clientId
                    """)
    void whatIsWrongIsNamedWhenItIsSaved(String auth, String field) {
        store();
        var call = aCallOf(target.url("/"));
        configOf(call).set("auth", json(auth.replace("@", placeholder())));

        assertProblem(body(call).post(EXECUTIONS), 400, "invalid-request", field);
    }

    @Test
    void twoWaysToSetTheSameHeaderAreRefused() {
        var call = aCallWithToken();
        configOf(call).putObject("headers").put("authorization", "Bearer t");

        assertProblem(body(call).post(EXECUTIONS), 400, "invalid-request", "config.auth");
    }

    private ObjectNode aCallWithToken() {
        store();
        var call = aCallOf(target.url("/"));
        configOf(call)
                .putObject("auth")
                .putObject("oidc")
                .put("tokenUrl", provider.url("/token"))
                .put("clientId", clientId)
                .put("clientSecret", placeholder())
                .put("scope", "reports.write reports.read")
                .put("audience", "https://shop.example.com");
        call.putObject("retry").put("maxAttempts", 3).put("delay", "PT0.01S");
        return call;
    }

    private static ObjectNode configOf(ObjectNode call) {
        return (ObjectNode) call.get("config");
    }

    private static ObjectNode oidcOf(ObjectNode call) {
        return (ObjectNode) call.at("/config/auth/oidc");
    }

    private String placeholder() {
        return "{{secret.%s}}".formatted(secret);
    }

    private void store() {
        JsonNode value = object().put("value", CLIENT_SECRET);
        assertThat(body(value).put("/api/v1/secrets/{name}", secret).statusCode()).isIn(200, 201);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
