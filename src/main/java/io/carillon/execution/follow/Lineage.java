package io.carillon.execution.follow;

import io.carillon.database.Database;
import io.carillon.database.SqlArrays;
import io.carillon.database.UuidV7;
import io.carillon.execution.ExecutionState;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Finds what led to an execution and what it led to, a few generations each way and a few
 * executions in each, so that a chain of any length costs the same.
 *
 * <p>What waits for an execution is known only while it waits: nothing in the ledger leads from an
 * execution to submissions that it has released.
 */
@ApplicationScoped
public class Lineage {
    private static final int GENERATIONS = 3;
    private static final int MAX_IN_GENERATION = 8;

    @Language("SQL")
    private static final String NODES =
            """
            select e.id, e.job_id, e.type, e.namespace, e.state, e.scheduled_at, e.finished_at, e.caused_by, e.replay_of,
                   e.replayed_by, e.depends_on
            from unnest(?::uuid[], ?::bigint[]) as w (id, at)
            join execution e on e.id = w.id
                            and e.scheduled_at >= timestamptz 'epoch' + w.at * interval '1 millisecond'
                            and e.scheduled_at < timestamptz 'epoch' + (w.at + 1) * interval '1 millisecond'
            """;

    /**
     * Executions of jobs that follow the job of one that has ended. They begin soon after its end,
     * so they are found by the job's latest executions from then on, not by an index of causes.
     */
    @Language("SQL")
    private static final String CAUSED =
            """
            select caused.id, c.id
            from unnest(?::uuid[], ?::uuid[], ?::timestamptz[]) as c (id, job_id, finished_at)
            join job j on j.after_job_id = c.job_id
            cross join lateral (
                select e.id from execution e
                where e.job_id = j.id and e.scheduled_at >= c.finished_at - interval '1 second'
                  and e.scheduled_at < c.finished_at + interval '1 hour' and e.caused_by = c.id
                limit 1) caused
            limit ?
            """;

    @Language("SQL")
    private static final String WAITING =
            """
            select execution_id, depends_on_id from execution_dependency where depends_on_id = any (?) limit ?
            """;

    private final Database database;

    Lineage(Database database) {
        this.database = database;
    }

    /** Why one execution comes after another. */
    public enum Relation {
        FOLLOWS,
        WAITS_FOR,
        REPLAYS
    }

    /**
     * An execution.
     *
     * @param generation 0 is the one that was asked about; earlier ones are below
     */
    public record Relative(
            UUID id,
            @Nullable UUID jobId,
            String type,
            String namespace,
            ExecutionState state,
            Instant scheduledAt,
            int generation) {}

    /** Leads from an execution to one that came after it. */
    public record Link(UUID from, UUID to, Relation relation) {}

    /**
     * Executions and how they hang together.
     *
     * @param isCut whether there are more
     */
    public record Relatives(List<Relative> executions, List<Link> links, boolean isCut) {}

    private record Node(
            Relative relative,
            @Nullable Instant finishedAt,
            @Nullable UUID causedBy,
            @Nullable UUID replayOf,
            @Nullable UUID replayedBy,
            List<UUID> dependsOn) {}

    /** Holds the executions found so far. */
    private static final class Found {
        private final Map<UUID, Node> nodes = new LinkedHashMap<>();
        private final Set<Link> links = new LinkedHashSet<>();
        private boolean isCut;
    }

    /** Returns the relatives of an execution that the caller may see, itself among them. */
    public Relatives of(Scope scope, UUID id) {
        return database.inTransaction(
                connection -> {
                    var found = new Found();
                    var self = read(connection, scope, found, List.of(id), 0);
                    var generation = self;
                    for (int up = 1; up <= GENERATIONS + 1; up++) {
                        generation = earlier(connection, scope, found, generation, -up);
                    }
                    generation = self;
                    for (int down = 1; down <= GENERATIONS + 1; down++) {
                        generation = later(connection, scope, found, generation, down);
                    }
                    return relatives(found);
                });
    }

    private static Relatives relatives(Found found) {
        var executions = found.nodes.values().stream().map(Node::relative).toList();
        var links =
                found.links.stream()
                        .filter(
                                link ->
                                        found.nodes.containsKey(link.from)
                                                && found.nodes.containsKey(link.to))
                        .toList();
        return new Relatives(executions, links, found.isCut);
    }

    private List<Node> earlier(
            Connection connection, Scope scope, Found found, List<Node> of, int generation)
            throws SQLException {
        var wanted = new LinkedHashSet<UUID>();
        for (var node : of) {
            for (var link : linksTo(node)) {
                found.links.add(link);
                wanted.add(link.from);
            }
        }
        return read(connection, scope, found, wanted, generation);
    }

    private static List<Link> linksTo(Node node) {
        var links = new ArrayList<Link>();
        UUID id = node.relative.id;
        if (node.causedBy != null) {
            links.add(new Link(node.causedBy, id, Relation.FOLLOWS));
        }
        if (node.replayOf != null) {
            links.add(new Link(node.replayOf, id, Relation.REPLAYS));
        }
        node.dependsOn.stream()
                .limit(MAX_IN_GENERATION + 1)
                .forEach(other -> links.add(new Link(other, id, Relation.WAITS_FOR)));
        return links;
    }

    private List<Node> later(
            Connection connection, Scope scope, Found found, List<Node> of, int generation)
            throws SQLException {
        var links = new ArrayList<Link>();
        for (var node : of) {
            if (node.replayedBy != null) {
                links.add(new Link(node.relative.id, node.replayedBy, Relation.REPLAYS));
            }
        }
        links.addAll(caused(connection, of));
        links.addAll(waiting(connection, of));
        found.links.addAll(links);
        var wanted =
                links.stream().map(Link::to).collect(Collectors.toCollection(LinkedHashSet::new));
        return read(connection, scope, found, wanted, generation);
    }

    private static List<Link> caused(Connection connection, List<Node> of) throws SQLException {
        var ended =
                of.stream()
                        .filter(node -> node.relative.jobId != null && node.finishedAt != null)
                        .toList();
        if (ended.isEmpty()) {
            return List.of();
        }
        try (var statement = connection.prepareStatement(CAUSED)) {
            statement.setArray(1, ids(connection, ended.stream().map(n -> n.relative.id).toList()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "uuid", ended.stream().map(node -> node.relative.jobId).toArray()));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "timestamptz",
                            ended.stream().map(node -> String.valueOf(node.finishedAt)).toArray()));
            statement.setInt(4, MAX_IN_GENERATION + 1);
            return links(statement, Relation.FOLLOWS);
        }
    }

    private static List<Link> waiting(Connection connection, List<Node> of) throws SQLException {
        if (of.isEmpty()) {
            return List.of();
        }
        try (var statement = connection.prepareStatement(WAITING)) {
            statement.setArray(1, ids(connection, of.stream().map(n -> n.relative.id).toList()));
            statement.setInt(2, MAX_IN_GENERATION + 1);
            return links(statement, Relation.WAITS_FOR);
        }
    }

    private static List<Link> links(java.sql.PreparedStatement statement, Relation relation)
            throws SQLException {
        var links = new ArrayList<Link>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                links.add(
                        new Link(
                                row.getObject(2, UUID.class),
                                row.getObject(1, UUID.class),
                                relation));
            }
        }
        return links;
    }

    /** Reads a generation; those that there is no room for are left out. */
    private List<Node> read(
            Connection connection,
            Scope scope,
            Found found,
            Collection<UUID> wanted,
            int generation)
            throws SQLException {
        var fresh = wanted.stream().filter(id -> !found.nodes.containsKey(id)).toList();
        if (fresh.isEmpty()) {
            return List.of();
        }
        if (Math.abs(generation) > GENERATIONS) {
            found.isCut = true;
            return List.of();
        }
        var read = new HashMap<UUID, Node>();
        try (var statement = connection.prepareStatement(NODES)) {
            statement.setArray(1, ids(connection, fresh));
            statement.setArray(
                    2,
                    SqlArrays.longs(
                            connection, fresh.stream().mapToLong(UuidV7::epochMillis).toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var node = nodeOf(row, generation);
                    if (scope.sees(node.relative.namespace)) {
                        read.put(node.relative.id, node);
                    }
                }
            }
        }
        var nodes = new ArrayList<Node>();
        for (var id : fresh) {
            var node = read.get(id);
            if (node != null && nodes.size() == MAX_IN_GENERATION) {
                found.isCut = true;
            } else if (node != null) {
                found.nodes.put(id, node);
                nodes.add(node);
            }
        }
        return nodes;
    }

    private static java.sql.Array ids(Connection connection, List<UUID> ids) throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }

    private static Node nodeOf(ResultSet row, int generation) throws SQLException {
        var dependsOn = row.getArray("depends_on");
        var finishedAt = row.getObject("finished_at", OffsetDateTime.class);
        return new Node(
                new Relative(
                        row.getObject("id", UUID.class),
                        row.getObject("job_id", UUID.class),
                        row.getString("type"),
                        row.getString("namespace"),
                        ExecutionState.valueOf(row.getString("state")),
                        row.getObject("scheduled_at", OffsetDateTime.class).toInstant(),
                        generation),
                finishedAt == null ? null : finishedAt.toInstant(),
                row.getObject("caused_by", UUID.class),
                row.getObject("replay_of", UUID.class),
                row.getObject("replayed_by", UUID.class),
                dependsOn == null ? List.of() : List.of((UUID[]) dependsOn.getArray()));
    }
}
