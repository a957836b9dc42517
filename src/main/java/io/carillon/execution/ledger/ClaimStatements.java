package io.carillon.execution.ledger;

import org.intellij.lang.annotations.Language;

/**
 * Holds the statements by which workers claim, composed of shared parts. Each takes the first in
 * order of each queue that may start executions, and of those as many as fit into the free slots;
 * an idle worker also takes one that is larger than the worker. Within a namespace one order holds
 * over its queues. Rows that are locked but not taken are free again at the end of the statement.
 *
 * <p>The rows are found again by an array of their ids. When they were joined to the limited rows,
 * the planner, which cannot know how few these are, read the whole day (94 ms instead of 12 for 500
 * of 170,000).
 *
 * <p>Nothing is claimed for a worker that has been marked dead; if it is marked meanwhile, its
 * claims are rescued like everything it runs.
 *
 * <p>The first in order may be passed over, if PostgreSQL refuses to change their rows.
 */
public final class ClaimStatements {
    /**
     * The next queues that hold work; each step passes over all that the queue before it holds, in
     * the index (a loose index scan).
     */
    @Language("SQL")
    private static final String NEXT_QUEUES =
            """
            with recursive considered as (
                (select namespace, queue, '-9223372036854775808'::bigint as from_key, 1 as nth from execution
                 where state = 'QUEUED' and task is null and (namespace, queue) > (?, ?)
                 order by namespace, queue
                 limit 1)
                union all
                select next.namespace, next.queue, from_key, nth + 1
                from considered before cross join lateral (
                    select namespace, queue from execution e
                    where state = 'QUEUED' and task is null and (e.namespace, e.queue) > (before.namespace, before.queue)
                    order by namespace, queue
                    limit 1) as next
                where nth < ?),
            """;

    @Language("SQL")
    private static final String GIVEN_QUEUES =
            """
            with considered as (
                select *, 1 as nth from unnest(?::varchar[], ?::varchar[], ?::bigint[]) as given (namespace, queue, from_key)),
            """;

    @Language("SQL")
    private static final String CLAIMABLE =
            """
            unpaused as (
                select c.*, q.max_concurrent is not null or q.rate_per_second is not null
                            or exists (select from namespace n
                                       where n.name = c.namespace and n.max_concurrent is not null) as is_limited
                from considered c join queue q on q.namespace = c.namespace and q.name = c.queue
                where not q.paused),
            claimable as (
                select q.namespace, q.queue, q.from_key, coalesce(busy.running, 0) as running
                from unpaused q left join unnest(?::varchar[], ?::bigint[]) as busy (namespace, running)
                                       on busy.namespace = q.namespace
                where is_limited = ? and exists (select from worker where id = ? and state = 'RUNNING')),
            """;

    /** All queues without limits, if there are few and all of one namespace; else none. */
    @Language("SQL")
    private static final String FEW_CLAIMABLE =
            """
            with few as (
                select namespace, name as queue, paused,
                       max_concurrent is not null or rate_per_second is not null
                       or exists (select from namespace n
                                  where n.name = queue.namespace and n.max_concurrent is not null) as is_limited
                from queue limit ?),
            simple as (
                select count(*) <= ? and count(distinct namespace) = 1 as is_so from few),
            claimable as (
                select namespace, queue, '-9223372036854775808'::bigint as from_key, 0 as running
                from few
                where not paused and not is_limited and (select is_so from simple)
                  and exists (select from worker where id = ? and state = 'RUNNING')),
            """;

    @Language("SQL")
    private static final String IN_TIME =
            """
                      and (start_deadline_at is null or attempt > 0 or start_deadline_at > statement_timestamp())
                    order by order_key
                    limit ?
                    for no key update skip locked) line),
            """;

    @Language("SQL")
    private static final String FIRST_IN_LINE =
            """
            first_in_line as (
                select q.namespace, q.queue, q.running, line.* from claimable q cross join lateral (
                    select id, scheduled_at, order_key, weight from execution
                    where namespace = q.namespace and queue = q.queue and task is null and state = 'QUEUED'
                      and order_key >= q.from_key
            """;

    /** The queues of one namespace without limits, or one of them that has some. */
    @Language("SQL")
    private static final String TASKS_CLAIMABLE =
            """
            with claimable as (
                select namespace, name as queue from queue q
                where namespace = ? and not paused and (cardinality(?::varchar[]) = 0 or name = any (?))
                  and case when ?::varchar is null
                           then max_concurrent is null and rate_per_second is null
                                and not exists (select from namespace n
                                                where n.name = q.namespace and n.max_concurrent is not null)
                           else name = ? end
                  and exists (select from worker where id = ? and state = 'RUNNING')),
            """;

    /**
     * Each task has its own place in an index, so a claim for a task without queued executions
     * reads nothing.
     */
    @Language("SQL")
    private static final String FIRST_OF_TASKS =
            """
            first_in_line as (
                select line.* from claimable q cross join unnest(?::varchar[]) as wanted (task) cross join lateral (
                    select id, scheduled_at, order_key, weight from execution
                    where namespace = q.namespace and queue = q.queue and task = wanted.task and state = 'QUEUED'
            """;

    /** The n-th of each namespace that the worker would run, before the next of any other. */
    @Language("SQL")
    private static final String IN_TURN =
            """
            by_turn as (
                select *, running + row_number() over (partition by namespace order by order_key, id) as turn
                from first_in_line),
            """;

    @Language("SQL")
    private static final String NOT_IN_TURN =
            """
            by_turn as (
                select *, 1 as turn from first_in_line),
            """;

    @Language("SQL")
    private static final String CLAIMED =
            """
            beside_refused as (
                select * from by_turn order by turn, order_key, id offset ?),
            in_order as (
                select *, sum(weight) over (order by turn, order_key, id) as slots from beside_refused),
            fitting as (
                select id, scheduled_at, clock_timestamp() as found_at
                from in_order where slots <= ? or ? and slots = weight
                order by turn, order_key, id limit ?),
            claimed as (
                update execution e
                set state = 'RUNNING', worker_id = ?, epoch = e.epoch + 1, attempt = e.attempt + 1,
                    started_at = clock_timestamp(), progress = null
                where e.id = any (array(select id from fitting))
                  and e.scheduled_at >= (select min(scheduled_at) from fitting)
                  and e.scheduled_at <= (select max(scheduled_at) from fitting)
                returning e.id, e.scheduled_at, coalesce(e.planned_at, e.scheduled_at) as planned_at, e.epoch, e.job_id,
                          (select j.version from job j where j.id = e.job_id) as job_version, e.namespace, e.type,
                          e.queue, e.task, e.order_key, e.attempt, e.max_attempts, e.delivery, e.timeout_ms, e.weight,
                          e.config, e.retry,
                          case when isfinite(e.run_at)
                               then (extract(epoch from e.started_at - e.run_at) * 1000)::bigint
                               else 0 end as start_delay_ms)
            """;

    @Language("SQL")
    private static final String SELECT =
            """
            select (select count(*) from first_in_line) as found,
                   (select (extract(epoch from min(found_at) - statement_timestamp()) * 1000000)::bigint
                    from fitting) as look_us,
            """;

    /** Which queues were considered, and which of them have limits. */
    @Language("SQL")
    private static final String QUEUES_CONSIDERED =
            """
            (select array_agg(namespace || ' ' || queue order by nth) from considered) as considered,
            (select array_agg(namespace || ' ' || queue) from unpaused where is_limited) as limited,
            """;

    /**
     * The same for few queues; as considered they are named only if nothing was claimed from them.
     */
    @Language("SQL")
    private static final String FEW_CONSIDERED =
            """
            (select array_agg(namespace || ' ' || queue) from few where not (select is_so from simple)) as considered,
            (select array_agg(namespace || ' ' || queue) from few where is_limited and not paused) as limited,
            """;

    @Language("SQL")
    private static final String FROM =
            """
            claimed.* from (values (1)) as one left join claimed on true
            """;

    /** From all queues in one order, if there are few and all of one namespace. */
    @Language("SQL")
    public static final String IN_ORDER =
            FEW_CLAIMABLE
                    + FIRST_IN_LINE
                    + IN_TIME
                    + NOT_IN_TURN
                    + CLAIMED
                    + SELECT
                    + FEW_CONSIDERED
                    + FROM;

    @Language("SQL")
    private static final String TAKE_IN_TURN =
            CLAIMABLE
                    + FIRST_IN_LINE
                    + IN_TIME
                    + IN_TURN
                    + CLAIMED
                    + SELECT
                    + QUEUES_CONSIDERED
                    + FROM;

    /** From the next queues that hold work, fairly between namespaces. */
    @Language("SQL")
    public static final String NEXT_IN_TURN = NEXT_QUEUES + TAKE_IN_TURN;

    /** From certain queues, each from a place in its order, fairly between namespaces. */
    @Language("SQL")
    public static final String FROM_IN_TURN = GIVEN_QUEUES + TAKE_IN_TURN;

    /** Of some tasks of one namespace, in one order. */
    @Language("SQL")
    public static final String OF_TASKS =
            TASKS_CLAIMABLE + FIRST_OF_TASKS + IN_TIME + NOT_IN_TURN + CLAIMED + SELECT + FROM;

    private ClaimStatements() {}
}
