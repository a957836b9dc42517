package io.carillon.handler.data;

import io.carillon.datasource.Datasources;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.handler.http.Call;
import io.carillon.handler.http.CallTarget;
import io.carillon.handler.http.HttpCalls;
import io.carillon.handler.http.HttpFailures;
import io.carillon.handler.http.Transfer;
import io.carillon.json.Json;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs SQL, each attempt in a session and a transaction of its own. What has failed was rolled
 * back, so another attempt is safe also where at most one may run; only a commit without an answer
 * is not.
 */
@ApplicationScoped
class DataHandler implements JobHandler<DataConfig> {
    private final Datasources datasources;
    private final SqlRuns runs;
    private final HttpCalls calls;
    private final OutgoingGuard guard;
    private final Json json;

    DataHandler(
            Datasources datasources,
            SqlRuns runs,
            HttpCalls calls,
            OutgoingGuard guard,
            Json json) {
        this.datasources = datasources;
        this.runs = runs;
        this.calls = calls;
        this.guard = guard;
        this.json = json;
    }

    @Override
    public String type() {
        return "data_processing";
    }

    @Override
    public Class<DataConfig> configType() {
        return DataConfig.class;
    }

    /** None in the statement: a value that is not a parameter could be SQL. */
    @Override
    public Map<String, Where> placeholders() {
        return Map.of("parameters", Where.TEXT, "url", Where.URL, "headers", Where.HEADER);
    }

    @Override
    public List<Violation> check(DataConfig config, String namespace) {
        var violations = new ArrayList<>(check(config));
        datasources
                .lack(config.datasource(), namespace)
                .ifPresent(lack -> violations.add(new Violation("datasource", lack)));
        if (config.url() != null) {
            violations.addAll(Transfer.refusals(guard, namespace, "url", config.url()));
        }
        return violations;
    }

    @Override
    public List<Violation> check(DataConfig config) {
        var violations = new ArrayList<>(SqlChecks.of(config));
        if (config.url() != null) {
            checkCall(config, config.url(), violations);
        } else if (config.headers() != null) {
            violations.add(new Violation("headers", "are those of a call, and there is no url"));
        }
        return violations;
    }

    private static void checkCall(DataConfig config, String url, List<Violation> violations) {
        if (!config.onlyReads()) {
            violations.add(
                    new Violation(
                            "url",
                            "only with readOnly: a call that fails would repeat the changes"));
        }
        violations.addAll(Transfer.check(url, config.allHeaders()));
    }

    @Override
    public Outcome run(ExecutionContext<DataConfig> context) throws InterruptedException {
        var config = context.config();
        var work =
                new SqlWork(
                        config, config.url() == null ? SqlWork.MAX_KEPT : SqlWork.MAX_POSTED, json);
        var failure = runs.run(work, config.datasource(), context);
        if (failure != null) {
            return failure;
        }
        return config.url() == null
                ? new Outcome.Success(work.result())
                : post(context, work, config.url());
    }

    private Outcome post(ExecutionContext<DataConfig> context, SqlWork work, String url)
            throws InterruptedException {
        var target = CallTarget.of(url);
        var headers = Transfer.headers(context, "application/json", context.config().allHeaders());
        try {
            byte[] body = json.bytes(work.result());
            var answer = calls.send(new Call(context.namespace(), target, "POST", headers, body));
            var result = work.summary().put("status", answer.status());
            if (answer.status() / 100 == 2) {
                return new Outcome.Success(result);
            }
            return Outcome.failure("HTTP_STATUS", "the target answered " + answer.status())
                    .withResult(result);
        } catch (IOException failure) {
            return HttpFailures.of(failure, target);
        }
    }
}
