package io.carillon.dashboard;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a company has beside its jobs: calendars, rules, secrets, keys, quotas, and a nightly chain.
 */
final class DemoSurroundings {
    private static final String CLOSED =
            """
            {"description": "Days on which the shops and the warehouse are closed", "timeZone": "Europe/Paris",
             "entries": [{"name": "Weekend", "days": ["SAT", "SUN"]}, {"name": "Christmas", "yearly": "12-25"},
                         {"name": "New Year", "yearly": "01-01"}, {"name": "Assumption", "yearly": "08-15"},
                         {"name": "Stocktaking", "from": "2027-02-08", "to": "2027-02-10"},
                         {"name": "Cash desks off", "yearly": "12-24", "time": {"from": "14:00", "to": "24:00"}}]}
            """;
    private static final String FREEZE =
            """
            {"description": "Nothing is rolled out", "timeZone": "UTC",
             "entries": [{"name": "Code freeze", "from": "2026-12-18", "to": "2027-01-04"},
                         {"name": "Backups", "time": {"from": "23:30", "to": "01:00"}}]}
            """;

    private DemoSurroundings() {}

    /** Returns the execution in the middle of the chain. */
    static String make() {
        tree(body(CLOSED).put("/api/v1/calendars/closed"), 201);
        tree(body(FREEZE).put("/api/v1/calendars/freeze"), 201);
        rules();
        for (String name : new String[] {"shop-token", "billing-db-password", "partner-feed-key"}) {
            body(object().put("value", "not a secret at all")).put("/api/v1/secrets/" + name);
        }
        for (var key :
                new String[][] {
                    {"grafana", "METRICS", "*"},
                    {"deploy pipeline", "EDITOR", "default"},
                    {"support desk", "VIEWER", "partners"}
                }) {
            var request = object().put("name", key[0]).put("role", key[1]);
            request.putArray("namespaces").add(key[2]);
            body(request).post("/api/v1/keys");
        }
        body("{\"jobs\": 200, \"submissionsPerMinute\": 600, \"concurrentExecutions\": 20, \"minInterval\": \"1m\"}")
                .put("/api/v1/namespaces/partners");
        body("{\"jobs\": 2000}").put("/api/v1/namespaces/default");
        callers();
        return chain();
    }

    private static void rules() {
        body("{\"name\": \"Billing is down\", \"labels\": {\"team\": \"billing\"}, \"failuresInARow\": 3, \"recovered\": true,"
                        + " \"mail\": {\"to\": [\"billing-oncall@example.com\"]}}")
                .post("/api/v1/rules");
        body("{\"name\": \"Anything late\", \"lateBy\": \"5m\", \"webhook\": {\"url\": \"https://hooks.example.com/services/ops\"}}")
                .post("/api/v1/rules");
    }

    /** Jobs that call a host. */
    private static void callers() {
        for (String what : new String[] {"levels", "prices", "returns", "suppliers"}) {
            var job = object().put("name", "stock-" + what).put("type", "http");
            job.set(
                    "schedule",
                    json(
                            "{\"cron\": \"0 4 * * *\", \"timeZone\": \"Europe/Paris\", \"exclude\": [\"closed\"]}"));
            job.putObject("config").put("url", "https://stock.example.com/" + what);
            job.putObject("labels").put("team", "logistics");
            createdId(job);
        }
    }

    private static String chain() {
        String export = createdId(step("nightly-export", null));
        String load = createdId(step("nightly-load", export));
        String report = createdId(step("nightly-report", load));
        createdId(step("nightly-cleanup", load));
        String cause = triggered(export, "{}").get("id").textValue();
        ended(cause);
        await().until(
                        () ->
                                !tree(get(JOBS + "/{id}/executions", report), 200)
                                        .get("items")
                                        .isEmpty());
        String middle =
                tree(get(JOBS + "/{id}/executions", load), 200).at("/items/0/id").textValue();
        var note = object().put("note", "The partner's feed is wrong until Monday, ask Ada");
        var feeds = tree(get(JOBS + "?q=logistics-partner-feed"), 200).get("items");
        body(note).post(JOBS + "/{id}/pause", feeds.get(0).get("id").textValue());
        post(JOBS + "/{id}/trigger", report);
        return middle;
    }

    private static ObjectNode step(String name, @org.jspecify.annotations.Nullable String after) {
        var job = object().put("name", name).put("type", "noop");
        if (after != null) {
            job.putObject("after").put("jobId", after).put("on", "ANY");
        }
        return job;
    }
}
