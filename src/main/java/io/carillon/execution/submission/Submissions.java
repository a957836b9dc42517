package io.carillon.execution.submission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.GroupCommit;
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
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Accepts submissions, one or many, each with its own result. All accepted ones are written in one
 * transaction, together with their dependencies and idempotency keys. Single submissions that come
 * to a queue at the same time share a transaction.
 */
@ApplicationScoped
public class Submissions {
    /**
     * How many submissions that come at the same time share a transaction: a body has at most a
     * mebibyte, so together they are no larger than a batch may be.
     */
    private static final int MOST_TOGETHER = 32;

    private final Database database;
    private final SubmissionStore store;
    private final SubmissionOrder order;
    private final JobHandlers handlers;
    private final DatabaseClock clock;
    private final GroupCommit<Place, Drafted, Result> together;

    /** A queue of a namespace: those that write to it wait for the same locks. */
    private record Place(String namespace, String queue) {}

    private record Drafted(SubmissionRequest request, Submission draft) {}

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
        this.together =
                new GroupCommit<>(
                        MOST_TOGETHER, each -> each.request.idempotencyKey(), this::storeTogether);
    }

    /**
     * @return the execution's id, and whether it existed before
     * @throws ProblemException if it is refused
     */
    public Result.Accepted submit(Scope scope, SubmissionRequest request) {
        return switch (result(scope, request)) {
            case Result.Accepted accepted -> accepted;
            case Result.Refused refused -> throw refused.problem;
        };
    }

    private Result result(Scope scope, SubmissionRequest request) {
        if (request.dependsOn() != null || request.ref() != null || database.isInTransaction()) {
            return Objects.requireNonNull(
                    submitAll(scope, new TreeMap<>(Map.of(0, request)), Set.of()).get(0));
        }
        var within = request.inNamespace(scope.namespace(request.namespace()));
        var draft = draft(within);
        return together.write(
                new Place(draft.namespace(), draft.queue()), new Drafted(within, draft));
    }

    private List<Result> storeTogether(List<Drafted> together) {
        var requests = new TreeMap<Integer, SubmissionRequest>();
        var drafts = new TreeMap<Integer, Submission>();
        for (var each : together) {
            drafts.put(requests.size(), each.draft);
            requests.put(requests.size(), each.request);
        }
        return List.copyOf(store(Scope.EVERYTHING, requests, drafts, Map.of(), Set.of()).values());
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
        return store(scope, requests, drafts, results, refusedRefs);
    }

    private SortedMap<Integer, Result> store(
            Scope scope,
            SortedMap<Integer, SubmissionRequest> requests,
            Map<Integer, Submission> drafts,
            Map<Integer, Result> refused,
            Set<String> refusedRefs) {
        var ordered = order.of(requests, refusedRefs);
        return database.inTransaction(
                connection -> store.store(connection, scope, requests, drafts, refused, ordered));
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
