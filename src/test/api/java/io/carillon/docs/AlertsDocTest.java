package io.carillon.docs;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules that docs/alerts.md shows can be made. */
@QuarkusTest
class AlertsDocTest {
    private static final String RULES = "/api/v1/rules";
    private static final Pattern CALL =
            Pattern.compile(
                    "curl -s (?<put>-X PUT )?\\$B/(?<path>[a-z/-]+) -H \"\\$J\" -d '(?<body>\\{[^']*})'");

    @AfterEach
    void deleteTheRules() {
        for (var rule : tree(get(RULES + "?limit=100"), 200).get("items")) {
            request().delete(RULES + "/{id}", rule.get("id").textValue());
        }
    }

    @Test
    void eachExampleIsTaken() throws IOException {
        body(object().put("value", "https://example.com/teams"))
                .put("/api/v1/secrets/teams-webhook");
        String document =
                Files.readString(Path.of("docs", "alerts.md"))
                        .replace("'$IMPORT'", createdId(aJob()))
                        .replace("'$RESTART'", createdId(aJob()))
                        .replace("…", "xxxx");
        var calls = CALL.matcher(document);
        var fields = new ArrayList<String>();
        while (calls.find()) {
            var example = body(calls.group("body"));
            String path = "/api/v1/" + calls.group("path");
            var answer = calls.group("put") == null ? example.post(path) : example.put(path);
            assertThat(answer.statusCode())
                    .as(calls.group() + " " + answer.asString())
                    .isBetween(200, 204);
            if (path.equals(RULES)) {
                tree(answer, 201).fieldNames().forEachRemaining(fields::add);
            }
        }

        assertThat(fields)
                .contains(
                        "labels",
                        "jobId",
                        "noSuccessFor",
                        "lateBy",
                        "runsLongerThan",
                        "unfinishedAfter",
                        "queue",
                        "lostWorkers",
                        "quietDuring",
                        "maxPerDay",
                        "webhook",
                        "mail",
                        "runJobId");
    }
}
