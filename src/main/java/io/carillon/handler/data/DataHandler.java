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
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Runs SQL, each attempt in a session and a transaction of its own. What has failed was rolled
 * back, so another attempt is safe also where at most one may run; only a commit without an answer
 * is not. When the attempt is interrupted, the database is told to stop.
 */
@ApplicationScoped
class DataHandler implements JobHandler<DataConfig> {
    private final Datasources datasources;
    private final HttpCalls calls;
    private final OutgoingGuard guard;
    private final Json json;

    DataHandler(Datasources datasources, HttpCalls calls, OutgoingGuard guard, Json json) {
        this.datasources = datasources;
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
        return violations;
    }

    @Override
    public List<Violation> check(DataConfig config) {
        var violations = new ArrayList<Violation>();
        checkStatements(config, violations);
        if (config.values().stream().anyMatch(each -> each.isContainerNode())) {
            violations.add(
                    new Violation(
                            "parameters",
                            "expected texts, numbers, booleans and nulls; JSON as text"));
        }
        if (config.url() != null) {
            checkCall(config, config.url(), violations);
        } else if (config.headers() != null) {
            violations.add(new Violation("headers", "are those of a call, and there is no url"));
        }
        return violations;
    }

    private void checkCall(DataConfig config, String url, List<Violation> violations) {
        if (!config.onlyReads()) {
            violations.add(
                    new Violation(
                            "url",
                            "only with readOnly: a call that fails would repeat the changes"));
        }
        violations.addAll(Transfer.check(guard, url, config.allHeaders()));
    }

    private static void checkStatements(DataConfig config, List<Violation> violations) {
        List<String> statements;
        try {
            statements = SqlWork.statements(config.sql());
        } catch (SQLException unreadable) {
            violations.add(new Violation("sql", "cannot be read: " + unreadable.getMessage()));
            return;
        }
        if (config.onlyReads() && statements.size() != 1) {
            violations.add(new Violation("sql", "expected one statement, as readOnly is true"));
        } else if (statements.isEmpty()) {
            violations.add(new Violation("sql", "has no statement"));
        } else if (statements.stream().anyMatch(SqlWork::isOfTransactions)) {
            violations.add(
                    new Violation("sql", "must not begin or end a transaction: an attempt is one"));
        }
    }

    @Override
    public Outcome run(ExecutionContext<DataConfig> context) throws InterruptedException {
        var config = context.config();
        var lack = datasources.lack(config.datasource(), context.namespace());
        if (lack.isPresent()) {
            return Outcome.failure("INVALID_JOB", lack.get()).notRetryable().withoutEffect();
        }
        var work = new SqlWork(config, json);
        Connection connection;
        try {
            connection = datasources.open(config.datasource(), context.timeout());
        } catch (SQLException failure) {
            stopIfInterrupted();
            return SqlErrors.noSession(failure, config.datasource());
        }
        try {
            var failure = attempt(work, connection, context);
            if (failure != null) {
                return failure;
            }
        } finally {
            close(connection);
        }
        return config.url() == null
                ? new Outcome.Success(work.result())
                : post(context, work, config.url());
    }

    private Outcome.@Nullable Failure attempt(
            SqlWork work, Connection connection, ExecutionContext<DataConfig> context)
            throws InterruptedException {
        int pid = 0;
        try {
            pid = connection.unwrap(PGConnection.class).getBackendPID();
            work.run(connection, context.timeout());
            return null;
        } catch (SQLException failure) {
            if (Thread.interrupted()) {
                cancel(context.config().datasource(), pid);
                throw new InterruptedException();
            }
            return SqlErrors.of(failure, work.mayBeCommitted());
        }
    }

    /** An interrupted call has closed its connection, which the database does not see. */
    private void cancel(String datasource, int pid) {
        try {
            datasources.cancel(datasource, pid);
        } catch (SQLException unreachable) {
            Log.debugf("not cancelled pid=%d: %s", pid, unreachable.getMessage());
        }
    }

    /** A session that does not close undoes no commit. */
    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException lost) {
            Log.debugf("session lost after its transaction: %s", lost.getMessage());
        }
    }

    private static void stopIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private Outcome post(ExecutionContext<DataConfig> context, SqlWork work, String url)
            throws InterruptedException {
        var target = CallTarget.of(url);
        var headers = Transfer.headers(context, "application/json", context.config().allHeaders());
        try {
            var answer = calls.send(new Call(target, "POST", headers, json.bytes(work.result())));
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
