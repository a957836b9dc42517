package io.carillon.job;

import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
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
            select id, name, namespace from job where id = any (?) and (?::varchar[] is null or namespace = any (?))
            """;

    /** By the index job_exclude, as in {@link CalendarJobs}. */
    @Language("SQL")
    private static final String HELD =
            """
            select id, name from job
            where namespace = ? and deleted_at is null and schedule -> 'exclude' is not null
              and schedule -> 'exclude' @> jsonb_build_array(?::text)
            order by name limit ?
            """;

    private final JobMapping stored;
    private final JobViews views;
    private final JobListing listing;
    private final JobService jobs;
    private final Database database;

    JobSummaries(
            JobMapping stored,
            JobViews views,
            JobListing listing,
            JobService jobs,
            Database database) {
        this.stored = stored;
        this.listing = listing;
        this.jobs = jobs;
        this.views = views;
        this.database = database;
    }

    /** How many jobs there are; if {@code isExact} is false, approximately. */
    public record Count(long jobs, boolean isExact) {}

    /**
     * A page of jobs.
     *
     * @param total how many jobs are on all pages
     */
    public record Page(List<JobSummary> jobs, long total) {}

    /**
     * Returns a page of the jobs that the caller may see, by namespace and name.
     *
     * @throws ProblemException 400 if a filter is malformed
     */
    @Transactional
    public Page page(Scope scope, JobQuery query) {
        var page = listing.page(scope, query, jobs.restorableSince());
        var schedules =
                page.jobs().stream().collect(Collectors.toMap(job -> job.id, this::inWords));
        var summaries =
                views.of(page.jobs()).stream()
                        .map(
                                view ->
                                        new JobSummary(
                                                view.id(),
                                                view.namespace(),
                                                view.name(),
                                                view.type(),
                                                schedules.getOrDefault(view.id(), ""),
                                                view.status(),
                                                view.fault(),
                                                view.pauseNote(),
                                                view.nextFireAt(),
                                                view.createdAt()))
                        .toList();
        return new Page(summaries, page.total());
    }

    /**
     * Explains a job's schedule: in words, by its next planned instants and with warnings.
     *
     * @param count how many instants at most
     */
    public Upcoming upcoming(Job job, Instant after, int count) {
        try {
            var spec = stored.specOf(job);
            var schedule = stored.scheduleOf(job);
            return schedule == null || spec == null
                    ? Upcoming.onDemand()
                    : Upcoming.of(schedule, spec, after, count);
        } catch (ProblemException never) {
            // Either the stored schedule cannot be read, or a changed calendar leaves a completed
            // job no instant.
            return Upcoming.never(String.valueOf(never.getMessage()));
        }
    }

    /** A job, by its name. */
    public record Named(UUID id, String name) {}

    /** Returns the jobs whose schedules name a calendar of their namespace, the first by name. */
    public List<Named> held(String namespace, String calendar, int limit) {
        return database.with(
                HELD,
                statement -> {
                    statement.setString(1, namespace);
                    statement.setString(2, calendar);
                    statement.setInt(3, limit);
                    var held = new ArrayList<Named>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            held.add(new Named(row.getObject(1, UUID.class), row.getString(2)));
                        }
                    }
                    return held;
                });
    }

    /** A job, by its name in a namespace. */
    public record Placed(String namespace, String name) {}

    /** Returns the names of these jobs, deleted ones included. */
    public Map<UUID, String> names(Scope scope, Collection<UUID> ids) {
        var names = new HashMap<UUID, String>();
        placed(scope, ids).forEach((id, placed) -> names.put(id, placed.name));
        return names;
    }

    /** Returns the names of these jobs and where they are, deleted ones included. */
    public Map<UUID, Placed> placed(Scope scope, Collection<UUID> ids) {
        return database.with(
                NAMES,
                statement -> {
                    var parameters = new SqlParameters(statement);
                    statement.setArray(
                            parameters.next(),
                            statement.getConnection().createArrayOf("uuid", ids.toArray()));
                    parameters.twice(scope.visible().orElse(null));
                    var placed = new HashMap<UUID, Placed>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            placed.put(
                                    row.getObject(1, UUID.class),
                                    new Placed(row.getString(3), row.getString(2)));
                        }
                    }
                    return placed;
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
