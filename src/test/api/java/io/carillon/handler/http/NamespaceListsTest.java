package io.carillon.handler.http;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.outgoing.Guards;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.support.FilesRoot;
import io.carillon.support.RawTarget;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Addresses that jobs of one namespace may call and others may not, for each type that connects.
 */
@QuarkusTest
class NamespaceListsTest {
    /** Types and configs; {@code @} is a host, and its port where there is one. */
    private static final String TYPES =
            """
            http              | url                 | {"url": "http://@/"}
            http              | auth.oidc.tokenUrl  | {"url": "http://8.8.8.8/", "auth": {"oidc": {"tokenUrl": "http://@/", "clientId": "c", "clientSecret": "{{secret.lists}}"}}}
            health_check      | url                 | {"url": "http://@/"}
            health_check      | tcp                 | {"tcp": "@"}
            data_processing   | url                 | {"datasource": "shop", "sql": "select 1", "readOnly": true, "url": "http://@/"}
            report_generation | url                 | {"format": "CSV", "url": "http://@/"}
            file_upload       | url                 | {"root": "tests", "path": "lists.txt", "url": "http://@/"}
            """;

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = TYPES)
    void whatOneNamespaceMayCallIsRefusedToOthersWhenItIsSaved(
            String type, String field, String config) {
        for (String namespace : new String[] {"intranet", "default"}) {
            storeSecret(namespace);
        }
        var job = aJob().put("type", type);
        job.set("config", json(config.replace("@", "10.77.0.1:80")));

        assertThat(body(job.put("namespace", "intranet")).post(JOBS).statusCode()).isEqualTo(201);
        var problem = tree(body(job.put("namespace", "default")).post(JOBS), 400);
        assertThat(problem.get("violations")).hasSize(1);
        assertThat(problem.at("/violations/0/field").textValue()).isEqualTo("config." + field);
        assertThat(problem.at("/violations/0/message").textValue())
                .isEqualTo(
                        "10.77.0.1 leads to a private address, which carillon.outgoing.allow-private does not allow");
    }

    @Test
    void theWebhookOfARuleIsThatOfItsNamespace() {
        var rule = object().put("name", unique("rule")).put("failuresInARow", 1);
        rule.putObject("webhook").put("url", "http://10.77.0.1/hook");

        tree(body(rule.put("namespace", "intranet")).post("/api/v1/rules"), 201);
        var problem = tree(body(rule.put("namespace", "default")).post("/api/v1/rules"), 400);
        assertThat(problem.at("/violations/0/field").textValue()).isEqualTo("webhook.url");
    }

    /** The name is public when the job is saved, and leads inside when it runs. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = TYPES)
    void whatOneNamespaceMayCallIsRefusedToOthersWhenItIsSent(
            String type, String field, String config) throws IOException {
        Files.writeString(FilesRoot.PATH.resolve("lists.txt"), "text");
        String mine = unique("mine");
        String others = unique("others");
        storeSecret(mine);
        storeSecret(others);
        var dns = new Guards.Dns().answers("shop.internal", "8.8.8.8");
        QuarkusMock.installMockForType(
                Guards.with(Map.of("allowed-networks-of." + mine, "127.0.0.1/32"), dns),
                OutgoingGuard.class);
        try (var target = RawTarget.start(RawTarget.Exchange::ok)) {
            var job = aJob().put("type", type);
            job.put("timeout", "30s");
            job.set("retry", json("{\"maxAttempts\": 1}"));
            job.set("config", json(config.replace("@", "shop.internal:" + target.port())));
            String allowed = createdId(job.put("namespace", mine));
            String refused = createdId(job.put("namespace", others));
            dns.answers("shop.internal", "127.0.0.1");

            run(allowed);
            int connections = target.connections();
            assertThat(connections).isPositive();

            var execution = run(refused);
            String code = execution.at("/error/code").textValue();
            assertThat(code).isIn("ADDRESS_REFUSED", "TOKEN_REFUSED");
            assertThat(execution.at("/error/message").textValue())
                    .contains("shop.internal leads to a loopback address");
            assertThat(target.connections()).isEqualTo(connections);
        }
    }

    private static com.fasterxml.jackson.databind.JsonNode run(String jobId) {
        return ended(triggered(jobId, "{}").get("id").textValue());
    }

    private static void storeSecret(String namespace) {
        ObjectNode value = object().put("value", "client secret");
        assertThat(
                        body(value)
                                .queryParam("namespace", namespace)
                                .put("/api/v1/secrets/{name}", "lists")
                                .statusCode())
                .isIn(200, 201);
    }
}
