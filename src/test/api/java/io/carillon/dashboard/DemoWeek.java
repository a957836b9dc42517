package io.carillon.dashboard;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import java.util.List;
import java.util.Random;

/**
 * The week of a company: some hundred jobs of eight teams, what they ran for seven days with
 * failures, overlaps and an outage, and the last hour's activity.
 */
final class DemoWeek {
    private static final List<String> TEAMS =
            List.of(
                    "billing",
                    "search",
                    "logistics",
                    "marketing",
                    "platform",
                    "fraud",
                    "data",
                    "support");
    private static final List<String> WORK =
            List.of(
                    "invoice-run",
                    "index-rebuild",
                    "stock-sync",
                    "newsletter",
                    "cache-warmup",
                    "risk-scores",
                    "warehouse-load",
                    "ticket-digest",
                    "currency-rates",
                    "sitemap",
                    "label-print",
                    "customer-export",
                    "sla-report",
                    "price-import",
                    "backup-check",
                    "churn-model",
                    "fax-gateway",
                    "address-cleanup",
                    "voucher-expiry",
                    "log-rotation",
                    "partner-feed",
                    "refund-retry",
                    "image-resize",
                    "audit-archive",
                    "tax-table",
                    "call-statistics",
                    "stock-forecast",
                    "session-purge");
    private static final List<String> SCHEDULES =
            List.of(
                    "*/5 * * * *",
                    "*/15 * * * *",
                    "0 * * * *",
                    "30 2 * * *",
                    "0 9 * * MON-FRI",
                    "H * * * *",
                    "H 3 * * *",
                    "0 6 1 * *",
                    "*/10 8-18 * * MON-FRI",
                    "0 */4 * * *");
    private static final List<String> ZONES =
            List.of("Europe/Paris", "UTC", "America/New_York", "Asia/Tokyo");

    private static final String HISTORY =
            """
            insert into execution (id, scheduled_at, namespace, job_id, type, queue, state, origin, priority, order_key, run_at,
                                   attempt, max_attempts, delivery, timeout_ms, started_at, finished_at, error, errors, reason,
                                   skipped_count, result)
            select overlay(gen_random_uuid()::text placing left(hex, 8) || '-' || right(hex, 4) || '-7' from 1 for 15)::uuid,
                   at, namespace, id, type, queue, state, 'SCHEDULE', 5, 0, at,
                   case when state = 'SKIPPED' then 0 when state = 'FAILED' then 3 else 1 end, 3, 'AT_LEAST_ONCE', 30000,
                   case when state <> 'SKIPPED' then at + interval '8 milliseconds' end,
                   case when state = 'SKIPPED' then at
                        else at + interval '8 milliseconds' + took * (0.7 + 0.6 * random()) * interval '1 second' end,
                   case when state = 'FAILED' then failure end,
                   case when state = 'FAILED' then jsonb_build_array(failure) end,
                   case when state = 'SKIPPED' then case when is_outage then 'MISFIRE' else 'OVERLAP' end end,
                   case when state = 'SKIPPED' then 1 end,
                   case when state = 'SUCCEEDED' then '{"status": 200, "durationMs": 182}'::jsonb end
            from (
                select j.*, at, lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') as hex,
                       at between now() - interval '53 hours' and now() - interval '52 hours' as is_outage,
                       case when at between now() - interval '53 hours' and now() - interval '52 hours' then 'SKIPPED'
                            when weak and at > now() - interval '9 hours' and random() < 0.7 then 'FAILED'
                            when random() < 0.004 then 'FAILED'
                            when random() < 0.006 then 'SKIPPED'
                            else 'SUCCEEDED' end as state,
                       jsonb_build_object('code', code, 'message', message, 'attempt', 3,
                                          'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) as failure
                from (select job.*, (array[300, 900, 3600, 14400])[1 + abs(hashtext(name)) % 4] as every,
                             0.05 * power(1.6, abs(hashtext(name || 'x')) % 12) as took,
                             abs(hashtext(name || 'w')) % 17 = 0 as weak,
                             (array['HTTP_STATUS', 'TIMEOUT', 'HTTP_CONNECT'])[1 + abs(hashtext(name)) % 3] as code,
                             (array['the status 503 is not one of 2xx', 'the attempt took longer than PT30S',
                                    'stock.internal:443: Connection refused'])[1 + abs(hashtext(name)) % 3] as message
                      from job where namespace in ('default', 'partners')) j,
                     generate_series(date_trunc('hour', now()) - interval '7 days', now() - interval '3 minutes',
                                     every * interval '1 second') as at) made
            on conflict do nothing
            """;

    private static final String ACTIVITY =
            """
            insert into activity (minute, kind, name, count)
            select date_trunc('minute', now()) - m * interval '1 minute', kind, name, greatest(0, round(amount)::bigint)
            from generate_series(1, 1439) as m,
                 lateral (values ('FIRED', '', 42 + 14 * sin(m / 60.0) + 6 * random()),
                                 ('ENDED_SUCCEEDED', 'http', 40 + 14 * sin(m / 60.0) + 6 * random()),
                                 ('ENDED_FAILED', 'http', case when m between 11 and 26 then 6 * random() else 0.52 * random() end),
                                 ('ENDED_RETRYING', 'http', 2 * random()),
                                 ('SKIPPED', '', 0.53 * random()),
                                 ('DELAY', case when m between 12 and 22 then '89478485' else '8388607' end, 40),
                                 ('DELAY', '5592405', 30)) as happened (kind, name, amount)
            where round(amount) > 0
            on conflict do nothing
            """;

    private DemoWeek() {}

    static void make() {
        var random = new Random(7);
        var batch = object();
        var jobs = batch.putArray("jobs");
        for (String team : TEAMS) {
            for (String work : WORK) {
                jobs.add(job(team, work, random));
            }
        }
        tree(body(batch).post(JOBS + "/batch"), 200);
        body("{\"maxConcurrent\": 4, \"ratePerSecond\": 20}").put("/api/v1/queues/reports");
        Database.change("update job set created_at = created_at - interval '40 days'");
        for (int day = 0; day <= 7; day++) {
            Database.number(
                    "select execution_make_partition((now() - ? * interval '1 day')::date)::int",
                    day);
        }
        Database.change(HISTORY);
        Database.change(ACTIVITY);
    }

    private static ObjectNode job(String team, String work, Random random) {
        String schedule = SCHEDULES.get(random.nextInt(SCHEDULES.size()));
        String zone = ZONES.get(random.nextInt(ZONES.size()));
        var job = object().put("name", team + "-" + work).put("type", "noop");
        job.put("namespace", team.equals("support") ? "partners" : "default");
        job.put("queue", random.nextInt(4) == 0 ? "reports" : "default");
        job.set(
                "schedule",
                json("{\"cron\": \"%s\", \"timeZone\": \"%s\"}".formatted(schedule, zone)));
        job.putObject("labels")
                .put("team", team)
                .put("tier", random.nextInt(3) == 0 ? "gold" : "silver");
        job.putObject("config").put("sleep", "PT0.4S");
        return job;
    }
}
