package io.carillon.job.planning;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class ScheduleResourceTest {
    private static final String PREVIEW = "/api/v1/schedules/preview";

    private static JsonNode preview(String schedule) {
        return tree(
                body("{\"from\": \"2027-03-26T00:00:00Z\", \"count\": 3, \"schedule\": "
                                + schedule
                                + "}")
                        .post(PREVIEW),
                200);
    }

    @Test
    void aPreviewSaysWhenAndWhatClocksShowThen() {
        var preview = preview("{\"cron\": \"30 2 * * *\", \"timeZone\": \"Europe/Paris\"}");

        assertThat(preview.get("description").textValue())
                .isEqualTo("at 02:30 every day, Europe/Paris time");
        assertThat(preview.get("next"))
                .isEqualTo(
                        json(
                                """
                                [{"at": "2027-03-26T01:30:00Z", "local": "2027-03-26T02:30:00+01:00"},
                                 {"at": "2027-03-27T01:30:00Z", "local": "2027-03-27T02:30:00+01:00"},
                                 {"at": "2027-03-28T01:00:00Z", "local": "2027-03-28T03:00:00+02:00"}]
                                """));
        assertThat(codes(preview)).containsExactly("DST_GAP", "DST_OVERLAP");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"*/7 * * * *\"                              | UNEVEN",
                "\"0 9 1 * 1\"                                | EITHER_DAY",
                "\"@hourly\"                                  | HERD",
                "\"H 9 * * *\"                                | HASHED",
                "{\"every\": \"1h\", \"jitter\": \"10m\"}     | HASHED",
                "\"0 0 31 2 *\"                               | NEVER_FIRES",
                "{\"at\": \"2026-01-01T00:00:00Z\"}           | NEVER_FIRES"
            })
    void aPreviewWarns(String schedule, String code) {
        assertThat(codes(preview(schedule))).contains(code);
    }

    @Test
    void aPreviewKnowsCalendars() {
        String name = unique("calendar");
        body("{\"entries\": [{\"name\": \"Day off\", \"date\": \"2027-03-27\"}]}")
                .put("/api/v1/calendars/" + name)
                .then()
                .statusCode(201);

        var preview = preview("{\"cron\": \"0 12 * * *\", \"exclude\": [\"" + name + "\"]}");

        assertThat(preview.at("/next/1/at").textValue()).isEqualTo("2027-03-28T12:00:00Z");
        assertThat(preview.get("warnings").toString()).contains("EXCLUDED", "Day off");
        assertThat(preview.get("description").textValue()).contains("except as " + name);
    }

    @Test
    void whatIsNoScheduleIsRefusedByItsField() {
        refused("{\"schedule\": \"0 0 * * 8\"}", "schedule.cron");
        refused(
                "{\"schedule\": {\"every\": \"1h\", \"exclude\": [\"nowhere\"]}}",
                "schedule.exclude[0]");
        refused("{\"schedule\": {\"every\": \"1h\", \"jitter\": \"40d\"}}", "schedule.jitter");
        refused("{\"schedule\": {\"every\": \"1h\", \"maxRuns\": 0}}", "schedule.maxRuns");
        refused("{\"schedule\": {\"every\": \"1h\", \"exclude\": [null]}}", "schedule.exclude[0]");
        refused("{\"schedule\": \"@daily\", \"count\": 1001}", "count");
        refused("{}", "schedule");
    }

    private static void refused(String request, String field) {
        assertThat(tree(body(request).post(PREVIEW), 400).at("/violations/0/field").textValue())
                .isEqualTo(field);
    }

    private static List<String> codes(JsonNode preview) {
        var codes = new ArrayList<String>();
        preview.get("warnings").forEach(warning -> codes.add(warning.get("code").textValue()));
        return codes;
    }

    @Test
    void aJobWithANumberOfRunsEnds() {
        var job =
                created(
                        aJob(
                                "{\"every\": \"1h\", \"startAt\": \"2199-01-01T00:00:00Z\", \"maxRuns\": 3}"));

        var upcoming =
                tree(get("/api/v1/jobs/{id}/schedule", job.get("id").textValue()), 200).get("next");

        assertThat(upcoming).hasSize(3);
        assertThat(upcoming.at("/2/at").textValue()).isEqualTo("2199-01-01T02:00:00Z");
    }

    @Test
    void aForecastCountsEachMinuteOverAllActiveJobs() {
        String namespace = unique("forecast");
        for (String schedule :
                List.of(
                        "\"*/30 * * * *\"",
                        "\"*/30 * * * *\"",
                        "{\"every\": \"15s\", \"startAt\": \"2030-01-01T00:00:00Z\"}")) {
            created(aJob(schedule).put("namespace", namespace));
        }
        created(aJob("\"* * * * *\"").put("namespace", namespace).put("enabled", false));
        created(aJob().put("namespace", namespace));

        var forecast = forecast(namespace, "2030-01-01T00:29:10Z", "2030-01-01T00:31:00Z");

        assertThat(forecast.get("jobs").asInt()).isEqualTo(3);
        assertThat(forecast.get("planned").asInt()).isEqualTo(9);
        assertThat(forecast.get("cut").asBoolean()).isFalse();
        assertThat(forecast.get("minutes"))
                .isEqualTo(
                        json(
                                """
                                [{"at": "2030-01-01T00:29:00Z", "planned": 3},
                                 {"at": "2030-01-01T00:30:00Z", "planned": 6}]
                                """));
    }

    @Test
    void aForecastThatTakesTooLongIsCutAndSaysSo() {
        String namespace = unique("forecast");
        for (int job = 0; job < 3; job++) {
            created(aJob("\"* * * * * *\"").put("namespace", namespace));
            created(
                    aJob("{\"every\": \"1s\", \"startAt\": \"2030-01-01T00:00:00Z\"}")
                            .put("namespace", namespace));
        }

        var forecast = forecast(namespace, "2030-01-01T00:00:00Z", "2030-01-08T00:00:00Z");

        assertThat(forecast.get("cut").asBoolean()).isTrue();
        assertThat(forecast.get("minutes")).hasSize(7 * 24 * 60);
        assertThat(
                        get("/api/v1/forecast?from=2030-01-01T00:00:00Z&to=2030-01-08T00:00:01Z")
                                .statusCode())
                .isEqualTo(400);
    }

    private static JsonNode forecast(String namespace, String from, String to) {
        return tree(
                get("/api/v1/forecast?namespace={n}&from={from}&to={to}", namespace, from, to),
                200);
    }
}
