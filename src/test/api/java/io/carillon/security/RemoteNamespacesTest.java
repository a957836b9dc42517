package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.id;
import static io.carillon.security.Keys.made;
import static io.carillon.security.Keys.text;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

/** Remote workers of two namespaces that have the same tasks. */
@QuarkusTest
@TestProfile(Keys.class)
class RemoteNamespacesTest {
    private static final String WORKERS = "/api/v1/workers";

    private final String home = unique("home");
    private final String other = unique("other");
    private final String task = unique("task");

    @Test
    void aWorkerClaimsInItsNamespaceAlone() {
        String atHome = submitted(home);
        String elsewhere = submitted(other);
        String key = text(made("WORKER", home));
        String worker = registered(key, aWorker());

        var claimed = tree(with(key, object().put("slots", 10)).post(claims(worker)), 200);

        assertThat(claimed.get("executions").findValuesAsText("id")).containsExactly(atHome);
        assertProblem(
                with(key, said(worker)).post(EXECUTIONS + "/" + elsewhere + "/complete"),
                404,
                "not-found");
        assertThat(
                        with(key, said(worker))
                                .post(EXECUTIONS + "/" + atHome + "/complete")
                                .statusCode())
                .isEqualTo(200);
    }

    @Test
    void nobodyUsesTheWorkerOfAnotherNamespace() {
        String key = text(made("WORKER", home));
        String worker = registered(key, aWorker());
        String foreign = text(made("WORKER", other));

        assertProblem(with(foreign, object()).post(claims(worker)), 404, "not-found");
        assertProblem(
                with(foreign, aWorker().put("namespace", home)).post(WORKERS), 403, "forbidden");
        assertProblem(with(foreign).delete(WORKERS + "/" + worker), 404, "not-found");
        assertThat(with(key).delete(WORKERS + "/" + worker).statusCode()).isEqualTo(204);
    }

    @Test
    void aWorkersKeyDoesNothingElse() {
        String key = text(made("WORKER", home));

        assertProblem(with(key).get(JOBS), 403, "forbidden");
        assertProblem(with(key, object()).post(EXECUTIONS), 403, "forbidden");
        assertProblem(with(text(made("EDITOR", home)), aWorker()).post(WORKERS), 403, "forbidden");
    }

    private ObjectNode aWorker() {
        var worker = object().put("name", "test").put("capacity", 10);
        worker.putArray("tasks").add(task);
        return worker;
    }

    private static String registered(String key, ObjectNode worker) {
        return id(tree(with(key, worker).post(WORKERS), 201));
    }

    private static String claims(String worker) {
        return WORKERS + "/" + worker + "/claim";
    }

    private static ObjectNode said(String worker) {
        return object().put("workerId", worker).put("epoch", 1);
    }

    private String submitted(String namespace) {
        var submission = (ObjectNode) json("{\"type\": \"custom\", \"config\": {}}");
        submission.put("namespace", namespace);
        ((ObjectNode) submission.get("config")).put("task", task);
        return id(tree(with(ADMIN, submission).post(EXECUTIONS), 202));
    }
}
