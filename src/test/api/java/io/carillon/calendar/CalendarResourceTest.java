package io.carillon.calendar;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CalendarResourceTest {
    private static final String CALENDARS = "/api/v1/calendars/";
    private static final String EMPTY = "{\"entries\": []}";

    /** Every year on the first of March, at noon in UTC. */
    private static final String FIRST_OF_MARCH = "\"0 12 1 3 *\"";

    @Test
    void aCalendarIsDeclaredReadChangedAndDeleted() {
        String name = unique("calendar");

        var made =
                declare(name, "{\"entries\": [{\"yearly\": \"12-25\", \"name\": \"Christmas\"}]}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.header("Location")).endsWith("/calendars/" + name + "?namespace=default");
        assertThat(made.header("ETag")).isEqualTo("\"0\"");

        var read = tree(get(CALENDARS + name), 200);
        assertThat(read.get("entries"))
                .isEqualTo(json("[{\"name\": \"Christmas\", \"yearly\": \"12-25\"}]"));

        var same =
                declare(name, "{\"entries\": [{\"yearly\": \"12-25\", \"name\": \"Christmas\"}]}");
        assertThat(tree(same, 200).get("version").asInt()).as("no difference").isZero();
        var changed =
                body("{\"timeZone\": \"Europe/Paris\", \"entries\": []}")
                        .header("If-Match", "\"0\"")
                        .put(CALENDARS + name);
        assertThat(tree(changed, 200).get("version").asInt()).isEqualTo(1);
        assertThat(body(EMPTY).header("If-Match", "\"0\"").put(CALENDARS + name).statusCode())
                .isEqualTo(412);

        assertThat(request().delete(CALENDARS + name).statusCode()).isEqualTo(204);
        assertThat(get(CALENDARS + name).statusCode()).isEqualTo(404);
        assertThat(request().delete(CALENDARS + name).statusCode()).isEqualTo(404);
    }

    @Test
    void calendarsAreListedInPages() {
        String namespace = unique("ns");
        for (String name : List.of("b", "a", "c")) {
            body(EMPTY).put(CALENDARS + name + "?namespace=" + namespace).then().statusCode(201);
        }

        var page = tree(get("/api/v1/calendars?limit=2&namespace=" + namespace), 200);
        var next = tree(get("/api/v1/calendars?limit=2&page=2&namespace=" + namespace), 200);

        assertThat(names(page)).containsExactly("a", "b");
        assertThat(names(next)).containsExactly("c");
        assertThat(page.get("totalCount").asInt()).isEqualTo(3);
    }

    private static List<String> names(JsonNode page) {
        var names = new ArrayList<String>();
        page.get("items").forEach(item -> names.add(item.get("name").textValue()));
        return names;
    }

    @Test
    void aJobIsNotPlannedWhenItsCalendarExcludesIt() {
        String name = declared(excludingMarchOf(nextYear(0), nextYear(1)));

        var job = created(anExcludedJob(FIRST_OF_MARCH, name));

        assertThat(job.get("nextFireAt").textValue()).isEqualTo(nextYear(2) + "-03-01T12:00:00Z");
        assertThat(job.at("/schedule/exclude/0").textValue()).isEqualTo(name);
    }

    @Test
    void aChangeOfACalendarMovesTheJobsThatUseItAtOnce() {
        String name = declared(EMPTY);
        var job = created(anExcludedJob(FIRST_OF_MARCH, name));
        var paused = created(anExcludedJob(FIRST_OF_MARCH, name).put("enabled", false));
        var other = created(aJob(FIRST_OF_MARCH));
        assertThat(job.get("nextFireAt").textValue()).isEqualTo(nextYear(0) + "-03-01T12:00:00Z");

        tree(declare(name, excludingMarchOf(nextYear(0))), 200);

        var moved = read(job);
        assertThat(moved.get("nextFireAt").textValue()).isEqualTo(nextYear(1) + "-03-01T12:00:00Z");
        assertThat(moved.get("version").asInt()).isEqualTo(1);
        assertThat(read(paused).get("status").textValue()).isEqualTo("PAUSED");
        assertThat(read(other).get("version").asInt()).isZero();

        tree(declare(name, EMPTY), 200);
        assertThat(read(job).get("nextFireAt").textValue())
                .isEqualTo(nextYear(0) + "-03-01T12:00:00Z");
    }

    @Test
    void aChangeAfterWhichAJobNeverFiresIsRefusedByItsName() {
        String name = declared(EMPTY);
        var job =
                created(
                        anExcludedJob(
                                "{\"at\": \"%s-03-01T12:00:00Z\"}".formatted(nextYear(0)), name));

        var refused = tree(declare(name, excludingMarchOf(nextYear(0))), 422);

        assertThat(refused.get("detail").textValue())
                .isEqualTo("The job '" + job.get("name").textValue() + "' would never fire again.");
        assertThat(tree(get(CALENDARS + name), 200).get("version").asInt()).isZero();
        assertThat(read(job).get("version").asInt()).isZero();
    }

    @Test
    void aCalendarInUseIsNotDeleted() {
        String name = declared(EMPTY);
        var job = created(anExcludedJob(FIRST_OF_MARCH, name));

        var refused = tree(request().delete(CALENDARS + name), 409);

        assertThat(refused.get("detail").textValue()).contains(job.get("name").textValue());
        request().delete("/api/v1/jobs/" + job.get("id").textValue()).then().statusCode(204);
        assertThat(request().delete(CALENDARS + name).statusCode()).isEqualTo(204);
    }

    @Test
    void aJobNamesACalendarOfItsNamespace() {
        String elsewhere = unique("calendar");
        body(EMPTY).put(CALENDARS + elsewhere + "?namespace=elsewhere").then().statusCode(201);

        var refused =
                tree(body(anExcludedJob(FIRST_OF_MARCH, elsewhere)).post("/api/v1/jobs"), 400);

        assertThat(refused.at("/violations/0/field").textValue()).isEqualTo("schedule.exclude[0]");
    }

    @Test
    void aScheduleOfWhichAllIsExcludedIsRefused() {
        String name =
                declared("{\"entries\": [{\"time\": {\"from\": \"11:00\", \"to\": \"13:00\"}}]}");

        var refused = tree(body(anExcludedJob("\"0 12 * * *\"", name)).post("/api/v1/jobs"), 422);

        assertThat(refused.at("/violations/0/field").textValue()).isEqualTo("schedule.exclude");
    }

    @Test
    void eventsOfAnICalendarFileBecomeACalendar() {
        String name = unique("calendar");
        String events =
                """
                BEGIN:VCALENDAR
                VERSION:2.0
                BEGIN:VEVENT
                SUMMARY:Christmas
                DTSTART;VALUE=DATE:20251225
                RRULE:FREQ=YEARLY
                END:VEVENT
                END:VCALENDAR
                """;

        var made = importing(name, events);

        assertThat(tree(made, 201).get("entries"))
                .isEqualTo(
                        json(
                                "[{\"name\": \"Christmas\", \"yearly\": \"12-25\", \"from\": \"2025-12-25\"}]"));
        var refused = tree(importing(name, events.replace("YEARLY", "WEEKLY")), 400);
        assertThat(refused.get("detail").textValue()).contains("line 6");
        assertThat(
                        tree(importing(name + "?timeZone=Nowhere", events), 400)
                                .at("/violations/0/field")
                                .textValue())
                .isEqualTo("timeZone");
    }

    private static Response importing(String name, String events) {
        String path = name.contains("?") ? name.replace("?", "/import?") : name + "/import";
        return request().contentType("text/calendar").body(events).post(CALENDARS + path);
    }

    @Test
    void whatIsWrongIsNamed() {
        String name = unique("calendar");
        refused(name, "{\"entries\": [{\"date\": \"2026-02-30\"}]}", "entries[0].date");
        refused(name, "{\"entries\": [{}]}", "entries[0]");
        refused(name, "{\"timeZone\": \"Nowhere\", \"entries\": []}", "timeZone");
        refused(name, "{}", "entries");
        refused(name, "{\"entries\": [{\"days\": [\"MOON\"]}]}", "entries[0].days[0]");
        refused("Not%20a%20name", EMPTY, "name");
    }

    private static void refused(String name, String calendar, String field) {
        assertThat(tree(declare(name, calendar), 400).at("/violations/0/field").textValue())
                .isEqualTo(field);
    }

    private static ObjectNode anExcludedJob(String schedule, String calendar) {
        var job = aJob(schedule);
        var spec = job.get("schedule");
        ObjectNode whole =
                spec.isTextual()
                        ? job.putObject("schedule").put("cron", spec.textValue())
                        : (ObjectNode) spec;
        whole.putArray("exclude").add(calendar);
        return job;
    }

    private static String declared(String calendar) {
        String name = unique("calendar");
        tree(declare(name, calendar), 201);
        return name;
    }

    private static Response declare(String name, String calendar) {
        return request()
                .urlEncodingEnabled(false)
                .contentType("application/json")
                .body(calendar)
                .put(CALENDARS + name);
    }

    private static JsonNode read(JsonNode job) {
        return tree(get("/api/v1/jobs/{id}", job.get("id").textValue()), 200);
    }

    /** The year of the n-th first of March that is ahead. */
    private static int nextYear(int number) {
        var first = created(aJob(FIRST_OF_MARCH)).get("nextFireAt").textValue();
        return Integer.parseInt(first.substring(0, 4)) + number;
    }

    private static String excludingMarchOf(int... years) {
        var entries = new ArrayList<String>();
        for (int year : years) {
            entries.add("{\"date\": \"%d-03-01\"}".formatted(year));
        }
        return "{\"entries\": " + entries + "}";
    }
}
