package io.carillon.job.importing;

import static io.carillon.support.Api.body;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** What other schedulers write of their jobs, and the jobs that become of it. */
@QuarkusTest
class OtherSchedulersTest {
    private static final String IMPORT = "/api/v1/jobs/import?dryRun=true";

    private static JsonNode items(String request) {
        return tree(body(json(request)).post(IMPORT), 200).get("items");
    }

    @Test
    void httpJobsOfCloudSchedulerNeedNoTemplate() {
        var items =
                items(
                        """
                        {"cloudScheduler": [
                          {"name": "projects/acme/locations/europe-west1/jobs/report", "description": "For sales",
                           "schedule": "0 9 * * 1", "timeZone": "Europe/Paris", "state": "PAUSED", "attemptDeadline": "320s",
                           "userUpdateTime": "2026-01-01T00:00:00Z", "lastAttemptTime": "2026-11-23T08:00:00Z", "status": {},
                           "retryConfig": {"retryCount": 9, "maxRetryDuration": "0s", "minBackoffDuration": "5s",
                                           "maxBackoffDuration": "3600s", "maxDoublings": 5},
                           "httpTarget": {"uri": "https://example.com/run?x=y", "httpMethod": "POST",
                                          "headers": {"Content-Type": "application/json", "User-Agent": "Google-Cloud-Scheduler"},
                                          "body": "eyJtIjoie3t4fX0ifQ==", "oidcToken": {"serviceAccountEmail": "a@b"}}},
                          {"name": "projects/acme/locations/l/jobs/queue", "schedule": "* * * * *", "pubsubTarget": {"topicName": "t"}},
                          {"name": "projects/acme/locations/l/jobs/english", "schedule": "every 5 minutes",
                           "httpTarget": {"uri": "https://example.com/"}},
                          {"name": "projects/acme/locations/l/jobs/plain", "schedule": "*/5 * * * *",
                           "httpTarget": {"uri": "https://example.com/"}}]}
                        """);

        assertThat(items.at("/0/job"))
                .isEqualTo(
                        json(
                                """
                                {"name": "report", "description": "For sales",
                                 "schedule": {"cron": "0 9 * * 1", "timeZone": "Europe/Paris"}, "type": "http",
                                 "config": {"method": "POST", "url": "https://example.com/run?x=y", "body": "{\\"m\\":\\"{{'{{'}}x}}\\"}",
                                            "headers": {"Content-Type": "application/json"}},
                                 "timeout": "320s", "enabled": false, "overlap": "QUEUE_ONE",
                                 "retry": {"maxAttempts": 10, "backoff": "EXPONENTIAL", "delay": "5s", "maxDelay": "3600s"}}
                                """));
        assertThat(items.at("/0/status").intValue()).isEqualTo(200);
        assertThat(items.at("/0/notes").toString()).contains("oidcToken", "maxDoublings");
        assertThat(items.at("/1/problem/detail").textValue()).contains("only HTTP targets");
        assertThat(items.at("/2/problem/detail").textValue())
                .contains("'every 5 minutes' is not cron");
        assertThat(items.at("/3/job/retry/maxAttempts").intValue()).isEqualTo(1);
        assertThat(items.at("/3/job/timeout").textValue()).isEqualTo("180s");
        assertThat(items.at("/3/job/config/method").textValue()).isEqualTo("POST");
        assertThat(items.at("/3/notes")).isEmpty();
    }

    @Test
    void daysOfEventBridgeCountFromSunday() {
        var items =
                items(
                        """
                        {"template": {"type": "http", "config": {"url": "https://example.com/", "body": "{{input}} to {{target}}"}},
                         "eventBridge": {"Schedules": [
                          {"Name": "weekdays", "GroupName": "sales", "ScheduleExpression": "cron(30 9 ? * 2-6 *)",
                           "ScheduleExpressionTimezone": "America/New_York", "State": "ENABLED",
                           "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
                           "Target": {"Arn": "arn:aws:sqs:q", "Input": "{}", "RetryPolicy": {"MaximumRetryAttempts": 2,
                                      "MaximumEventAgeInSeconds": 3600}}},
                          {"Name": "third friday", "ScheduleExpression": "cron(0 9 ? * 6#3 2040)", "Target": {}},
                          {"Name": "last friday", "ScheduleExpression": "cron(0 9 ? * 6L *)", "Target": {}},
                          {"Name": "steps", "ScheduleExpression": "cron(0/15 8 ? * MON,3 *)", "Target": {}},
                          {"Name": "rate", "ScheduleExpression": "rate(5 minutes)", "State": "DISABLED",
                           "StartDate": "2026-12-01T00:00:00+01:00", "EndDate": 1830297600, "Target": {}},
                          {"Name": "once", "ScheduleExpression": "at(2027-06-01T09:00:00)",
                           "ScheduleExpressionTimezone": "Europe/Paris", "Target": {}},
                          {"Name": "wrong", "ScheduleExpression": "every day", "Target": {}}]}}
                        """);

        assertThat(items.at("/0/job"))
                .isEqualTo(
                        json(
                                """
                                {"name": "weekdays", "type": "http", "labels": {"group": "sales"},
                                 "config": {"url": "https://example.com/", "body": "{} to arn:aws:sqs:q"},
                                 "schedule": {"cron": "0 30 9 ? * 1-5 *", "timeZone": "America/New_York", "dst": {"gap": "SKIP"},
                                              "jitter": "15m"}, "overlap": "ALLOW",
                                 "retry": {"maxAttempts": 3}, "startDeadline": "3600s"}
                                """));
        assertThat(items.at("/0/notes").toString()).contains("2-6 has become 1-5");
        assertThat(items.at("/0/nextFireAt").asText()).isNotEmpty();
        assertThat(items.at("/1/job/schedule/cron").textValue()).isEqualTo("0 0 9 ? * 5#3 2040");
        assertThat(items.at("/1/nextFireAt").textValue()).isEqualTo("2040-01-20T09:00:00Z");
        assertThat(items.at("/2/job/schedule/cron").textValue()).isEqualTo("0 0 9 ? * 5L *");
        assertThat(items.at("/3/job/schedule/cron").textValue()).isEqualTo("0 0/15 8 ? * MON,2 *");
        assertThat(items.at("/4/job/schedule"))
                .isEqualTo(
                        json(
                                "{\"every\": \"5m\", \"startAt\": \"2026-11-30T23:00:00Z\", \"endAt\": \"2028-01-01T00:00:00Z\"}"));
        assertThat(items.at("/4/job/enabled").booleanValue()).isFalse();
        assertThat(items.at("/5/job/schedule/at").textValue()).isEqualTo("2027-06-01T07:00:00Z");
        assertThat(items.at("/6/problem/detail").textValue()).contains("expected rate(…)");
    }

    @Test
    void jobsOfDkronAreCallsOrCommands() {
        var items =
                items(
                        """
                        {"template": {"type": "noop", "config": {"message": "{{command}}"}},
                         "dkron": [
                          {"name": "call", "displayname": "A call", "schedule": "0 30 9 * * 1-5", "timezone": "Europe/Paris",
                           "owner": "sales", "disabled": false, "retries": 2, "concurrency": "forbid", "executor": "http",
                           "starts_at": "0001-01-01T00:00:00Z", "expires_at": "2027-12-31T00:00:00Z",
                           "executor_config": {"method": "POST", "url": "https://example.com/", "headers": "[\\"X-Key: a b\\"]",
                                               "body": "x", "timeout": "20", "expectCode": "200,204", "expectBody": "ok"}},
                          {"name": "shell", "schedule": "@every 90s", "executor": "shell", "disabled": true,
                           "executor_config": {"command": "backup --all"}, "processors": {"log": {"forward": "true"}}},
                          {"name": "child", "parent_job": "shell", "executor": "shell", "executor_config": {"command": "tidy"}},
                          {"name": "either", "schedule": "0 0 6 */2 * 1", "executor": "http", "executor_config": {"url": "https://example.com/"}},
                          {"name": "five", "schedule": "* * * * *", "executor": "shell", "executor_config": {}}]}
                        """);

        assertThat(items.at("/0/job"))
                .isEqualTo(
                        json(
                                """
                                {"name": "call", "description": "A call", "labels": {"owner": "sales"}, "type": "http",
                                 "schedule": {"cron": "0 30 9 * * 1-5", "timeZone": "Europe/Paris", "endAt": "2027-12-31T00:00:00Z"},
                                 "retry": {"maxAttempts": 3}, "overlap": "SKIP", "timeout": "20s",
                                 "config": {"method": "POST", "url": "https://example.com/", "body": "x",
                                            "headers": {"X-Key": "a b"}, "expectedStatuses": ["200", "204"]}}
                                """));
        assertThat(items.at("/0/notes").toString()).contains("expectBody");
        assertThat(items.at("/1/job/config/message").textValue()).isEqualTo("backup --all");
        assertThat(items.at("/1/job/schedule/every").textValue()).isEqualTo("90s");
        assertThat(items.at("/1/job/overlap").textValue()).isEqualTo("ALLOW");
        assertThat(items.at("/1/job/enabled").booleanValue()).isFalse();
        assertThat(items.at("/1/notes").toString()).contains("processors");
        assertThat(items.at("/2/job").has("schedule")).isFalse();
        assertThat(items.at("/2/notes").toString()).contains("it runs after shell there");
        assertThat(items.at("/3/job/schedule/cron").textValue()).isEqualTo("0 0 6 1-31/2 * 1");
        assertThat(items.at("/3/notes").toString()).contains("expectCode", "as there");
        assertThat(items.at("/4/problem/detail").textValue()).contains("expected six fields");
    }

    @Test
    void whatIsNoListIsRefused() {
        for (String field : new String[] {"cloudScheduler", "dkron", "eventBridge"}) {
            assertProblem(
                    body(json("{\"template\": {\"type\": \"noop\"}, \"%s\": 7}".formatted(field)))
                            .post(IMPORT),
                    400,
                    "invalid-request",
                    field);
        }
        assertProblem(body("{\"dkron\": null}").post(IMPORT), 400, "invalid-request", "");
        assertThat(items("{\"dkron\": [7]}").at("/0/problem/detail").textValue())
                .isEqualTo("expected an object");
    }
}
