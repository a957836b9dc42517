package io.carillon.job.importing;

import static io.carillon.support.Api.body;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
class JobImportTest {
    private static final String IMPORT = "/api/v1/jobs/import";
    private static final String TEMPLATE =
            """
            {"type": "http", "config": {"method": "POST", "url": "http://127.0.0.1:1/run",
             "body": {"command": "{{command}}", "as": ["{{job.name}}"], "key": "{{secret.key}}"}},
             "labels": {"from": "cron"}}
            """;

    private static ObjectNode crontab(String crontab, String namespace) {
        var body = object().put("crontab", crontab).put("namespace", namespace);
        body.set("template", json(TEMPLATE));
        return body;
    }

    @Test
    void aDryRunShowsTheJobsAndStoresNone() {
        String namespace = withSecret(unique("import"));
        String crontab =
                "# Backup\n30 2 * * * backup $HOME {{now}}\n61 * * * * never\n@reboot start\n";

        var shown = tree(body(crontab(crontab, namespace)).post(IMPORT + "?dryRun=true"), 200);

        assertThat(shown.get("created").asInt()).isZero();
        assertThat(shown.get("failed").asInt()).isEqualTo(2);
        var backup = shown.at("/items/0");
        assertThat(backup.get("place").textValue()).isEqualTo("line 2");
        assertThat(backup.get("status").asInt()).isEqualTo(200);
        assertThat(backup.at("/job/config/body"))
                .isEqualTo(
                        json(
                                "{\"command\": \"backup $HOME {{'{{'}}now}}\", \"as\": [\"{{job.name}}\"], \"key\": \"{{secret.key}}\"}"));
        assertThat(backup.has("nextFireAt")).isTrue();
        assertThat(shown.at("/items/1/problem/violations/0/field").textValue())
                .isEqualTo("schedule.cron");
        assertThat(shown.at("/items/2/problem/detail").textValue()).contains("@reboot");
        assertThat(jobsOf(namespace)).isEmpty();
    }

    @Test
    void jobsAreCreatedEachWithItsOwnResult() {
        String namespace = withSecret(unique("import"));
        String crontab = "# Backup\n30 2 * * * backup\n";
        tree(body(crontab(crontab, namespace)).post(IMPORT), 200);

        var again =
                tree(
                        body(crontab(crontab + "\n# Report\n0 9 * * 1 report\n", namespace))
                                .post(IMPORT),
                        200);

        assertThat(again.at("/items/0/status").asInt()).as("the name is taken").isEqualTo(409);
        assertThat(again.at("/items/1/status").asInt()).isEqualTo(201);
        assertThat(again.get("created").asInt()).isEqualTo(1);
        assertThat(jobsOf(namespace))
                .extracting(job -> job.get("name").textValue())
                .containsExactly("Backup", "Report");
        assertThat(jobsOf(namespace).get(0).at("/labels/from").textValue()).isEqualTo("cron");
    }

    @Test
    void manifestsBringTheirNamespace() {
        String name = withSecret(unique("backup"));
        var body =
                object().put(
                                "kubernetes",
                                "{kind: CronJob, metadata: {name: %s, namespace: %s}, spec: {schedule: '@daily', suspend: true}}"
                                        .formatted(name, name));
        body.set("template", json(TEMPLATE));

        var made = tree(body(body).post(IMPORT), 200);

        assertThat(made.get("created").asInt()).as("%s", made).isEqualTo(1);
        assertThat(jobsOf(name).get(0).get("status").textValue()).isEqualTo("PAUSED");
    }

    @Test
    void whatIsWrongWithTheRequestIsNamed() {
        refused("{\"crontab\": \"\"}", "template");
        refused("{\"template\": {\"type\": \"noop\"}}", "");
        refused(
                "{\"crontab\": \"\", \"kubernetes\": \"\", \"template\": {\"type\": \"noop\"}}",
                "");
        refused("{\"kubernetes\": \"[\", \"template\": {\"type\": \"noop\"}}", "kubernetes");
    }

    private static void refused(String request, String field) {
        assertThat(tree(body(request).post(IMPORT), 400).at("/violations/0/field").textValue())
                .isEqualTo(field);
    }

    /** The template's secret has to be there. */
    private static String withSecret(String namespace) {
        tree(
                body(object().put("value", "not told"))
                        .put("/api/v1/secrets/key?namespace=" + namespace),
                201);
        return namespace;
    }

    private static JsonNode jobsOf(String namespace) {
        return tree(get("/api/v1/jobs?namespace=" + namespace), 200).get("items");
    }
}
