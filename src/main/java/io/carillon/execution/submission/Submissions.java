package io.carillon.execution.submission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.UuidV7;
import io.carillon.definition.JobDefinition;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.definition.RetryPolicy;
import io.carillon.execution.ledger.Submission;
import io.carillon.handler.JobHandlers;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Accepts submissions, one or many, each with its own result. All accepted ones are written in one
 * transaction, together with their dependencies and idempotency keys.
 */
@ApplicationScoped
public class Submissions {
    private final Database database;
    private final SubmissionStore store;
    private final SubmissionOrder order;
    private final JobHandlers handlers;
    private final DatabaseClock clock;

    /** The outcome of a submission. */
    public sealed interface Result {
        /**
         * @param isRepeated whether it was accepted before, under the same key
         */
        record Accepted(UUID id, boolean isRepeated) implements Result {}

        record Refused(ProblemException problem) implements Result {}
    }

    Submissions(
            Database database,
            SubmissionStore store,
            SubmissionOrder order,
            JobHandlers handlers,
            DatabaseClock clock) {
        this.database = database;
        this.store = store;
        this.order = order;
        this.handlers = handlers;
        this.clock = clock;
    }

    /**
     * @return the execution's id, and whether it existed before
     * @throws ProblemException if it is refused
     */
    public Result.Accepted submit(Scope scope, SubmissionRequest request) {
        return switch (submitAll(scope, new TreeMap<>(Map.of(0, request)), Set.of()).get(0)) {
            case Result.Accepted accepted -> accepted;
            case Result.Refused refused -> throw refused.problem;
            case null -> throw new IllegalStateException("A submission without a result");
        };
    }

    /**
     * Submits those that are valid; the results have the same positions.
     *
     * @param refusedRefs the refs of submissions in the batch that could not be read
     */
    public SortedMap<Integer, Result> submitAll(
            Scope scope, SortedMap<Integer, SubmissionRequest> asked, Set<String> refusedRefs) {
        var results = new TreeMap<Integer, Result>();
        var drafts = new TreeMap<Integer, Submission>();
        var requests = new TreeMap<Integer, SubmissionRequest>();
        asked.forEach(
                (index, request) -> {
                    requests.put(index, request);
                    try {
                        var within = request.inNamespace(scope.namespace(request.namespace()));
                        requests.put(index, within);
                        drafts.put(index, draft(within));
                    } catch (ProblemException problem) {
                        results.put(index, new Result.Refused(problem));
                    }
                });
        var ordered = order.of(requests, refusedRefs);
        return database.inTransaction(
                connection -> store.store(connection, scope, requests, drafts, results, ordered));
    }

    private Submission draft(SubmissionRequest request) {
        var config =
                request.config() == null ? JsonNodeFactory.instance.objectNode() : request.config();
        handlers.validate(request.type(), config, request.namespaceOrDefault());
        Instant runAt =
                (request.runAt() == null ? clock.now() : request.runAt())
                        .truncatedTo(ChronoUnit.MILLIS);
        return new Submission(
                UuidV7.at(runAt),
                request.namespaceOrDefault(),
                request.type(),
                config,
                request.queueOrDefault(),
                request.priority() == null ? JobDefinition.DEFAULT_PRIORITY : request.priority(),
                runAt,
                request.runAt() == null,
                request.timeout() == null ? JobDefinition.DEFAULT_TIMEOUT : request.timeout(),
                (request.retry() == null ? RetryPolicy.DEFAULT : request.retry()).orDefaults(),
                request.delivery() == null ? JobDefinition.DEFAULT_DELIVERY : request.delivery(),
                request.weight() == null ? JobDefinition.DEFAULT_WEIGHT : request.weight(),
                request.startDeadline(),
                request.labels() == null ? Map.of() : request.labels(),
                List.of(),
                request.onDependencyFailure() == null
                        ? OnDependencyFailure.CANCEL
                        : request.onDependencyFailure(),
                List.of(),
                null,
                false);
    }
}
