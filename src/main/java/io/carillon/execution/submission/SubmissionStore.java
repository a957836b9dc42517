package io.carillon.execution.submission;

import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.execution.ledger.Submission;
import io.carillon.execution.ledger.SubmissionInserts;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.queue.QueueKey;
import io.carillon.queue.QueueStore;
import io.carillon.security.Scope;
import io.carillon.tenancy.NamespaceQuotas;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Decides which submissions are accepted, by their keys, their dependencies and the room in their
 * queues, in the transaction that writes them.
 */
@ApplicationScoped
class SubmissionStore {
    /** Locks the queues, so that two submissions do not both take the last place. */
    @Language("SQL")
    private static final String DEPTHS =
            """
            select q.namespace, q.name, q.max_depth
            from unnest(?::varchar[], ?::varchar[]) as named (namespace, name)
                 join queue q on q.namespace = named.namespace and q.name = named.name
            where q.max_depth is not null
            order by q.namespace, q.name
            for update of q
            """;

    /** A branch for each of the two indexes of what is queued. */
    @Language("SQL")
    private static final String DEPTH =
            """
            select count(*) from (
                select 1 from execution where namespace = ? and queue = ? and state = 'QUEUED' and task is null
                union all
                select 1 from execution where namespace = ? and queue = ? and state = 'QUEUED' and task is not null
                limit ?) as first
            """;

    private final ExecutionControl control;
    private final SubmissionInserts inserts;
    private final IdempotencyKeys keys;
    private final QueueStore queueStore;
    private final SubmissionOrder order;
    private final NamespaceQuotas quotas;

    SubmissionStore(
            ExecutionControl control,
            SubmissionInserts inserts,
            IdempotencyKeys keys,
            QueueStore queueStore,
            SubmissionOrder order,
            NamespaceQuotas quotas) {
        this.control = control;
        this.inserts = inserts;
        this.keys = keys;
        this.queueStore = queueStore;
        this.order = order;
        this.quotas = quotas;
    }

    /**
     * Writes the accepted submissions in the transaction of {@code connection}.
     *
     * @param scope the namespaces whose executions they may depend on
     * @param drafts the submissions that could be drafted, by their positions in the request
     * @param refused the results of the refused ones
     * @return the results of all, in a new map, because the transaction may be repeated
     */
    SortedMap<Integer, Submissions.Result> store(
            Connection connection,
            Scope scope,
            SortedMap<Integer, SubmissionRequest> requests,
            Map<Integer, Submission> drafts,
            Map<Integer, Submissions.Result> refused,
            SubmissionOrder.Ordered ordered)
            throws SQLException {
        var results = new TreeMap<>(refused);
        new Round(connection, scope, requests, drafts, results, ordered).submit();
        return results;
    }

    /** Holds, for one transaction, what is known of each submission so far. */
    private final class Round {
        private final Connection connection;
        private final Scope scope;
        private final SortedMap<Integer, SubmissionRequest> requests;
        private final Map<Integer, Submission> drafts;
        private final Map<Integer, Submissions.Result> results;
        private final SubmissionOrder.Ordered ordered;

        private final List<Submission> accepted = new ArrayList<>();
        private final Map<Integer, byte[]> fingerprints = new HashMap<>();

        private final Set<UUID> ofBatch = new HashSet<>();

        /** Submissions that are written as cancelled, because a dependency has failed. */
        private final Set<UUID> cancelled = new HashSet<>();

        private Round(
                Connection connection,
                Scope scope,
                SortedMap<Integer, SubmissionRequest> requests,
                Map<Integer, Submission> drafts,
                Map<Integer, Submissions.Result> results,
                SubmissionOrder.Ordered ordered) {
            this.connection = connection;
            this.scope = scope;
            this.requests = requests;
            this.drafts = drafts;
            this.results = results;
            this.ordered = ordered;
        }

        private void submit() throws SQLException {
            ordered.refused()
                    .forEach(
                            (index, problem) ->
                                    results.putIfAbsent(
                                            index, new Submissions.Result.Refused(problem)));
            lookUpKeys();
            var queuesNamed = queues();
            if (!queuesNamed.isEmpty()) {
                queueStore.ensure(connection, queuesNamed);
            }
            var room = room(queuesNamed);
            var ofNamespaces = quotas.roomForSubmissions(connection, namespaces());
            var allowed = Map.copyOf(ofNamespaces);
            var known = lockDependencies();
            for (int index : ordered.indexes()) {
                if (!results.containsKey(index)) {
                    results.put(index, take(index, room, ofNamespaces, known));
                }
            }
            if (!accepted.isEmpty()) {
                inserts.insertSubmitted(connection, accepted);
                rememberKeys();
                countSubmitted(allowed);
            }
        }

        /** Looks up in the order of the keys, so that two batches do not wait for each other. */
        private void lookUpKeys() throws SQLException {
            var withKey =
                    requests.keySet().stream()
                            .filter(index -> request(index).idempotencyKey() != null)
                            .filter(index -> !results.containsKey(index))
                            .sorted(Comparator.comparing(index -> String.valueOf(key(index))))
                            .toList();
            var seen = new HashSet<String>();
            for (int index : withKey) {
                var request = request(index);
                var fingerprint = order.fingerprint(request);
                fingerprints.put(index, fingerprint);
                var problem =
                        ProblemException.invalid("idempotencyKey", "occurs twice in the batch");
                if (!seen.add(request.namespaceOrDefault() + " " + key(index))) {
                    results.put(index, new Submissions.Result.Refused(problem));
                    continue;
                }
                var found =
                        keys.lookUp(
                                connection,
                                request.namespaceOrDefault(),
                                String.valueOf(key(index)),
                                fingerprint);
                switch (found) {
                    case IdempotencyKeys.Known.Unused unused -> {}
                    case IdempotencyKeys.Known.Repeated repeated ->
                            results.put(
                                    index,
                                    new Submissions.Result.Accepted(repeated.executionId(), true));
                    case IdempotencyKeys.Known.OfAnother another ->
                            results.put(
                                    index,
                                    new Submissions.Result.Refused(keyOfAnother(key(index))));
                }
            }
        }

        private SubmissionRequest request(int index) {
            return Objects.requireNonNull(requests.get(index));
        }

        private @Nullable String key(int index) {
            return request(index).idempotencyKey();
        }

        /**
         * Returns the queues of the submissions to write, in the order in which every transaction
         * locks queues.
         */
        private Set<QueueKey> queues() {
            var queues = new TreeSet<QueueKey>();
            drafts.forEach(
                    (index, draft) -> {
                        if (!results.containsKey(index)) {
                            queues.add(new QueueKey(draft.namespace(), draft.queue()));
                        }
                    });
            return queues;
        }

        private Set<String> namespaces() {
            var namespaces = new TreeSet<String>();
            drafts.forEach(
                    (index, draft) -> {
                        if (!results.containsKey(index)) {
                            namespaces.add(draft.namespace());
                        }
                    });
            return namespaces;
        }

        private void countSubmitted(Map<String, Integer> allowed) throws SQLException {
            for (var namespace : allowed.keySet()) {
                int count =
                        (int)
                                accepted.stream()
                                        .filter(each -> each.namespace().equals(namespace))
                                        .count();
                if (count > 0) {
                    quotas.submitted(connection, namespace, count);
                }
            }
        }

        /** Returns how many more each limited queue accepts. */
        private Map<QueueKey, Integer> room(Set<QueueKey> queues) throws SQLException {
            var room = new HashMap<QueueKey, Integer>();
            try (var statement = connection.prepareStatement(DEPTHS)) {
                QueueKey.set(statement, 1, queues);
                try (var row = statement.executeQuery()) {
                    while (row.next()) {
                        room.put(new QueueKey(row.getString(1), row.getString(2)), row.getInt(3));
                    }
                }
            }
            for (var queue : room.entrySet()) {
                try (var statement = connection.prepareStatement(DEPTH)) {
                    statement.setString(1, queue.getKey().namespace());
                    statement.setString(2, queue.getKey().name());
                    statement.setString(3, queue.getKey().namespace());
                    statement.setString(4, queue.getKey().name());
                    statement.setInt(5, queue.getValue());
                    try (var row = statement.executeQuery()) {
                        row.next();
                        queue.setValue(queue.getValue() - row.getInt(1));
                    }
                }
            }
            return room;
        }

        /** Returns the states of executions outside the batch that the batch depends on. */
        private Map<UUID, ExecutionState> lockDependencies() throws SQLException {
            var outside = new HashSet<UUID>();
            for (int index : ordered.indexes()) {
                outside.addAll(ordered.outside(index));
                for (int other : ordered.inside(index)) {
                    if (results.get(other) instanceof Submissions.Result.Accepted repeated) {
                        outside.add(repeated.id());
                    }
                }
            }
            return outside.isEmpty() ? Map.of() : control.markFollowed(connection, scope, outside);
        }

        private Submissions.Result take(
                int index,
                Map<QueueKey, Integer> room,
                Map<String, Integer> ofNamespaces,
                Map<UUID, ExecutionState> known) {
            var draft = drafts.get(index);
            if (draft == null) {
                throw new IllegalStateException("A submission was neither drafted nor refused");
            }
            var dependsOn = new ArrayList<UUID>();
            var waitsFor = new ArrayList<UUID>();
            boolean isDoomed = false;
            for (int other : ordered.inside(index)) {
                if (!(results.get(other) instanceof Submissions.Result.Accepted before)) {
                    return refused("depends on a submission that was refused");
                }
                dependsOn.add(before.id());
            }
            dependsOn.addAll(ordered.outside(index));
            for (var id : dependsOn) {
                var state = known.get(id);
                if (state == null && !ofBatch.contains(id)) {
                    return refused("there is no execution " + id);
                }
                if (cancelled.contains(id) || isFailed(state)) {
                    isDoomed = true;
                } else if (state == null || !state.isFinal()) {
                    waitsFor.add(id);
                }
            }
            if (!hasRoom(room, new QueueKey(draft.namespace(), draft.queue()))) {
                return new Submissions.Result.Refused(queueFull(draft.queue()));
            }
            if (!hasRoom(ofNamespaces, draft.namespace())) {
                return new Submissions.Result.Refused(
                        quotas.submissionsExceeded(draft.namespace()));
            }
            isDoomed &= draft.onDependencyFailure() == OnDependencyFailure.CANCEL;
            if (isDoomed) {
                cancelled.add(draft.id());
            }
            ofBatch.add(draft.id());
            accepted.add(
                    draft.dependingOn(
                            dependsOn,
                            isDoomed ? List.of() : waitsFor,
                            isDoomed ? "DEPENDENCY" : null,
                            ordered.isFollowed(index)));
            return new Submissions.Result.Accepted(draft.id(), false);
        }

        private static boolean isFailed(@Nullable ExecutionState state) {
            return state != null && state.isFinal() && state != ExecutionState.SUCCEEDED;
        }

        private static Submissions.Result refused(String message) {
            return new Submissions.Result.Refused(ProblemException.invalid("dependsOn", message));
        }

        private static <K> boolean hasRoom(Map<K, Integer> room, K key) {
            return room.computeIfPresent(key, (same, left) -> left - 1) instanceof Integer left
                    ? left >= 0
                    : true;
        }

        private void rememberKeys() throws SQLException {
            for (var fingerprint : fingerprints.entrySet()) {
                int index = fingerprint.getKey();
                if (results.get(index) instanceof Submissions.Result.Accepted now
                        && !now.isRepeated()) {
                    keys.remember(
                            connection,
                            request(index).namespaceOrDefault(),
                            String.valueOf(key(index)),
                            fingerprint.getValue(),
                            now.id());
                }
            }
        }
    }

    private static ProblemException keyOfAnother(@Nullable String key) {
        return new ProblemException(
                ProblemKind.CONFLICT,
                "Another submission came under the Idempotency-Key '%s' in the last 24 hours."
                        .formatted(key));
    }

    private static ProblemException queueFull(String queue) {
        return new ProblemException(
                ProblemKind.QUEUE_FULL, "The queue '%s' is at its maxDepth.".formatted(queue));
    }
}
