package io.carillon.job;

import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.intellij.lang.annotations.Language;

/** Reads what pages show of jobs. No call costs more for a million jobs than for a hundred. */
@ApplicationScoped
public class JobSummaries {
    private static final long MAX_EXACT_COUNT = 10_000;

    /**
     * Counting every row would read every row; past the limit, the planner's estimate is good
     * enough.
     */
    @Language("SQL")
    private static final String COUNT =
            """
            select (select count(*) from (select from job
                                          where deleted_at is null and (?::varchar[] is null or namespace = any (?))
                                          limit ?) as counted),
                   (select reltuples::bigint from pg_class where oid = 'job'::regclass)
            """;

    @Language("SQL")
    private static final String NAMES =
            """
            select id, name from job where id = any (?) and (?::varchar[] is null or namespace = any (?))
            """;

    private final JobMapping stored;
    private final JobViews views;
    private final Database database;

    JobSummaries(JobMapping stored, JobViews views, Database database) {
        this.stored = stored;
        this.views = views;
        this.database = database;
    }

    /** How many jobs there are; if {@code isExact} is false, approximately. */
    public record Count(long jobs, boolean isExact) {}

    /** Returns the first jobs by namespace and name. */
    @Transactional
    public List<JobSummary> first(Scope scope, int limit) {
        var order = Sort.by("namespace", "name");
        var visible = scope.visible();
        List<Job> found =
                (visible.isEmpty()
                                ? Job.<Job>find("deletedAt is null", order)
                                : Job.<Job>find(
                                        "deletedAt is null and namespace in ?1",
                                        order,
                                        visible.get()))
                        .page(0, limit)
                        .list();
        var schedules = found.stream().collect(Collectors.toMap(job -> job.id, this::inWords));
        return views.of(found).stream()
                .map(
                        view ->
                                new JobSummary(
                                        view.id(),
                                        view.namespace(),
                                        view.name(),
                                        view.type(),
                                        schedules.getOrDefault(view.id(), ""),
                                        view.status(),
                                        view.nextFireAt(),
                                        view.lastFireAt(),
                                        view.lastExecution()))
                .toList();
    }

    /** Returns the names of these jobs, deleted ones included. */
    public Map<UUID, String> names(Scope scope, Collection<UUID> ids) {
        return database.with(
                NAMES,
                statement -> {
                    var parameters = new SqlParameters(statement);
                    statement.setArray(
                            parameters.next(),
                            statement.getConnection().createArrayOf("uuid", ids.toArray()));
                    parameters.twice(scope.visible().orElse(null));
                    var names = new HashMap<UUID, String>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            names.put(row.getObject(1, UUID.class), row.getString(2));
                        }
                    }
                    return names;
                });
    }

    /**
     * Counts jobs exactly up to ten thousand. Beyond that, gives an estimate if the caller may see
     * all namespaces, otherwise a lower bound.
     */
    public Count count(Scope scope) {
        return database.with(
                COUNT,
                statement -> {
                    new SqlParameters(statement).twice(scope.visible().orElse(null));
                    statement.setLong(3, MAX_EXACT_COUNT + 1);
                    try (var row = statement.executeQuery()) {
                        row.next();
                        long counted = row.getLong(1);
                        return counted <= MAX_EXACT_COUNT
                                ? new Count(counted, true)
                                : new Count(
                                        scope.visible().isEmpty()
                                                ? Math.max(counted, row.getLong(2))
                                                : counted,
                                        false);
                    }
                });
    }

    private String inWords(Job job) {
        try {
            var schedule = stored.scheduleOf(job);
            return schedule == null ? "on demand" : schedule.description();
        } catch (ProblemException unreadable) {
            return String.valueOf(unreadable.getMessage());
        }
    }
}
