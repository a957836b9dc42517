package io.carillon.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pages in a real browser, as a person uses them. */
@QuarkusTest
class PagesTest {
    private static Browser browser;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void theBrowserHasNotComplained() {
        browser.closePages();
    }

    private Page open(String path) {
        return browser.open(service() + path);
    }

    private static void press(Page page, String name) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true))
                .last()
                .click();
    }

    @Test
    void aJobIsMadeByTheFormSeenToFireAndPaused() {
        String name = unique("made-by-hand");
        var page = open("/jobs/new?type=noop");
        page.getByLabel("Name").fill(name);
        page.locator("#schedule").fill("{\"every\": \"1s\"}");
        assertThat(page.locator("#planned")).containsText("It runs every 1 second");
        assertThat(page.locator("#curl")).containsText(name);

        press(page, "Create job");

        page.waitForURL(Pattern.compile(".*/jobs/[0-9a-f-]{36}"));
        assertThat(page.locator("h1")).containsText(name);
        // Live: nothing is reloaded by hand.
        assertThat(page.locator("table .mark.succeeded").first()).isVisible();

        press(page, "Pause");
        page.locator("#note").fill("moving house");
        page.locator("#pause .primary").click();
        assertThat(page.locator(".toast")).containsText("Paused");
        assertThat(page.locator("h1 .mark")).hasText("paused");
        assertThat(page.locator(".banner")).containsText("moving house");

        assertThat(undone(page, "**/resume")).isEqualTo("{\"catchUp\":\"FIRE_ALL\"}");
        assertThat(page.locator("h1 .mark.paused")).hasCount(0);
    }

    /** Presses Undo and returns the body of the call that this makes. */
    private static String undone(Page page, String path) {
        return page.waitForRequest(path, () -> press(page, "Undo")).postData();
    }

    @Test
    void whatIsWrongIsToldAtItsField() {
        var page = open("/jobs/new?type=noop");
        page.getByLabel("Name").fill(unique("wrong"));
        page.locator("#schedule").fill("61 * * * *");
        assertThat(page.locator("[data-wrong='schedule']")).containsText("61");

        page.locator("#schedule").fill("* * * * *");
        page.locator("[id='config.failures']").fill("-3");
        press(page, "Create job");

        assertThat(page.locator("[data-wrong='config.failures']")).not().isEmpty();
    }

    @Test
    void bothSidesOfTheFormAreTheSameJob() {
        var page = open("/jobs/new?type=noop");
        var text = page.locator("#json");

        text.fill(
                "{\"name\": \"from-json\", \"type\": \"noop\", \"schedule\": {\"cron\": \"0 9 * * *\","
                        + " \"timeZone\": \"Europe/Paris\"}, \"config\": {\"sleep\": \"2s\"}}");
        assertThat(page.getByLabel("Name")).hasValue("from-json");
        assertThat(page.locator("#zone")).hasValue("Europe/Paris");
        assertThat(page.locator("#planned")).containsText("Europe/Paris time");

        page.locator("#schedule").fill("0 10 * * *");
        assertThat(json(text.inputValue()).at("/schedule"))
                .isEqualTo(json("{\"cron\": \"0 10 * * *\", \"timeZone\": \"Europe/Paris\"}"));
    }

    @Test
    void anObjectInTheConfigHasInputsOfItsOwn() {
        var page = open("/jobs/new?type=http");
        page.locator("details.group", new Page.LocatorOptions().setHasText("auth"))
                .first()
                .locator("summary")
                .click();
        var text = page.locator("#json");

        page.locator("[name='config.auth.basic.user']").fill("clerk");
        assertThat(json(text.inputValue()).at("/config/auth/basic/user").textValue())
                .isEqualTo("clerk");
        page.locator("[name='config.auth.basic.user']").fill("");
        assertThat(json(text.inputValue()).at("/config/auth").isMissingNode()).isTrue();

        text.fill(
                "{\"name\": \"with-auth\", \"type\": \"http\", \"config\": {\"auth\": {\"basic\": {\"user\": \"boss\"}}}}");
        assertThat(page.locator("[name='config.auth.basic.user']")).hasValue("boss");
    }

    @Test
    void aJobIsEditedAndItsChangeIsSeenAndRestored() {
        var job = created(aJob("\"0 9 * * *\""));
        var page = open("/jobs/" + job.get("id").textValue());
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Edit")).click();
        page.locator("#schedule").fill("0 11 * * *");
        press(page, "Save");

        assertThat(page.locator(".head p").first()).containsText("at 11:00");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Restore")).click();
        page.locator("#confirm [value=yes]").click();
        assertThat(page.locator(".head p").first()).containsText("at 09:00");
    }

    @Test
    void manyJobsArePausedAtOnce() {
        String prefix = unique("many");
        for (int index = 0; index < 3; index++) {
            created(aJob("\"0 9 * * *\"").put("name", prefix + "-" + index));
        }
        var page = open("/jobs?q=" + prefix);
        page.locator("#pick-all").check();
        assertThat(page.locator("#picked [data-count]")).hasText("3 selected");

        page.locator("#picked").getByText("Pause").click();
        page.locator("#confirm [value=yes]").click();

        assertThat(page.locator("tbody .mark.paused")).hasCount(3);
    }

    @Test
    void allThatCallOneHostArePausedAtOnce() {
        String host = unique("host") + ".example.com";
        var ids = new ArrayList<String>();
        for (int index = 0; index < 25; index++) {
            var job = aJob("\"0 9 * * *\"").put("type", "http");
            job.putObject("config").put("url", "https://" + host + "/" + index);
            ids.add(createdId(job));
        }
        var page = open("/jobs");
        page.getByLabel("The host that it calls").fill(host);
        press(page, "Search");
        assertThat(page.locator("#all")).containsText("All 25 that pass");

        press(page, "Pause all");
        page.locator("#confirm [value=yes]").click();

        assertThat(page.locator(".toast")).containsText("Paused");
        for (String id : ids) {
            assertThat(tree(get("/api/v1/jobs/{id}", id), 200).get("enabled"))
                    .isEqualTo(json("false"));
        }
    }

    @Test
    void deadLettersOfOneErrorRunAgain() {
        var job = aJob();
        job.putObject("config").put("failures", 9).put("message", "out of paper");
        job.putObject("retry").put("maxAttempts", 1);
        String id = createdId(job);
        for (int run = 0; run < 2; run++) {
            ended(triggered(id, "{}").get("id").textValue());
        }
        var page = open("/dead-letters");
        var row =
                page.locator(
                        "tr", new Page.LocatorOptions().setHasText(job.get("name").textValue()));
        assertThat(row).containsText("out of paper");

        row.getByText("Run again").click();
        page.locator("#confirm [value=yes]").click();

        assertThat(page.locator(".toast")).containsText("They run again");
        var executions = tree(get("/api/v1/jobs/{id}/executions", id), 200).get("items");
        assertThat(executions.findValuesAsText("replayedBy")).hasSize(2);
    }

    @Test
    void deadLettersOfOneErrorRunAgainOfWhicheverJob() {
        var ids = new ArrayList<String>();
        for (int index = 0; index < 2; index++) {
            var job = aJob();
            job.putObject("config").put("failures", 9);
            job.putObject("retry").put("maxAttempts", 1);
            String id = createdId(job);
            ids.add(id);
            ended(triggered(id, "{}").get("id").textValue());
        }
        var page = open("/dead-letters");

        page.locator(".pager", new Page.LocatorOptions().setHasText("NOOP_FAILURE"))
                .getByText("Run all with this error again")
                .click();
        page.locator("#confirm [value=yes]").click();

        assertThat(page.locator(".toast")).containsText("They run again");
        for (String id : ids) {
            assertThat(
                            tree(get("/api/v1/jobs/{id}/executions", id), 200)
                                    .get("items")
                                    .findValuesAsText("replayedBy"))
                    .hasSize(1);
        }
    }

    @Test
    void deadLettersAreDismissedAndThatIsUndone() {
        var job = aJob();
        job.putObject("config").put("failures", 9).put("message", "nobody minds");
        job.putObject("retry").put("maxAttempts", 1);
        String id = createdId(job);
        String letter = triggered(id, "{}").get("id").textValue();
        ended(letter);
        var page = open("/dead-letters");
        var row =
                page.locator(
                        "tr", new Page.LocatorOptions().setHasText(job.get("name").textValue()));

        row.getByText("Dismiss").click();
        assertThat(page.locator("#confirm h2")).containsText("Dismiss 1 of");
        page.locator("#confirm [value=yes]").click();
        assertThat(row).hasCount(0);
        assertThat(execution(letter).has("dismissedAt")).isTrue();

        press(page, "Undo");
        assertThat(row).hasCount(1);
        assertThat(execution(letter).has("dismissedAt")).isFalse();
    }

    @Test
    void aPauseOfManyIsUndoneForThoseThatWereActive() {
        String prefix = unique("undo");
        String active = createdId(aJob("\"0 9 * * *\"").put("name", prefix + "-active"));
        String paused = createdId(aJob("\"0 9 * * *\"").put("name", prefix + "-paused"));
        post("/api/v1/jobs/{id}/pause", paused);
        var page = open("/jobs?q=" + prefix);
        page.locator("#pick-all").check();
        page.locator("#picked").getByText("Pause").click();
        page.locator("#confirm [value=yes]").click();
        assertThat(page.locator("tbody .mark.paused")).hasCount(2);

        assertThat(undone(page, "**/resume")).isEqualTo("{\"catchUp\":\"FIRE_ALL\"}");
        assertThat(page.locator("tbody .mark.paused")).hasCount(1);
        assertThat(tree(get("/api/v1/jobs/{id}", active), 200).get("enabled").asBoolean()).isTrue();
        assertThat(tree(get("/api/v1/jobs/{id}", paused), 200).get("enabled").asBoolean())
                .isFalse();
    }

    @Test
    void whatIsPausedAgainHasTheNoteThatItHad() {
        String name = unique("noted");
        String id = createdId(aJob("\"0 9 * * *\"").put("name", name));
        String note = "{\"note\": \"ask {name}\"}";
        body(note).post("/api/v1/jobs/{id}/pause", id).then().statusCode(200);
        body("{}").put("/api/v1/queues/{name}", name).then().statusCode(201);
        body(note).post("/api/v1/queues/{name}/pause", name).then().statusCode(200);

        var list = open("/jobs?q=" + name);
        list.locator("#pick-all").check();
        list.locator("#picked").getByText("Resume").click();
        list.locator("#confirm [value=yes]").click();
        assertThat(list.locator("tbody .mark.paused")).hasCount(0);
        press(list, "Undo");
        assertThat(list.locator("tbody .mark.paused")).hasCount(1);
        assertThat(tree(get("/api/v1/jobs/{id}", id), 200).get("pauseNote").textValue())
                .isEqualTo("ask {name}");

        var queues = open("/queues");
        var row = queues.locator("tr", new Page.LocatorOptions().setHasText(name));
        row.getByText("Resume").click();
        assertThat(row.locator(".mark.paused")).hasCount(0);
        press(queues, "Undo");
        assertThat(row.locator(".mark.paused")).hasCount(1);
        assertThat(row).containsText("ask {name}");
    }

    @Test
    void aPauseOfTooManyIsNotUndone() {
        String name = unique("too-many");
        String id = createdId(aJob("\"0 9 * * *\"").put("name", name));
        var page = open("/jobs?q=" + name);
        String jobs = String.join(",", Collections.nCopies(201, "{\"id\":\"" + id + "\"}"));
        page.route(
                "**/api/v1/jobs/actions",
                route ->
                        route.fulfill(
                                new Route.FulfillOptions()
                                        .setContentType("application/json")
                                        .setBody("{\"jobs\":[" + jobs + "]}")));

        press(page, "Pause all");
        page.locator("#confirm [value=yes]").click();

        assertThat(page.locator(".toast")).containsText("201, too many to undo");
        assertThat(page.locator(".toast .undo")).hasCount(0);
    }

    @Test
    void aDeletedJobIsRestoredFromThePageThatFollows() {
        String id = createdId(aJob("\"0 9 * * *\""));
        var page = open("/jobs/" + id);
        press(page, "Delete");
        page.locator("#confirm [value=yes]").click();
        page.waitForURL("**/jobs");

        press(page, "Undo");

        assertThat(page.locator(".toast")).hasText("Undone");
        assertThat(get("/api/v1/jobs/{id}", id).statusCode()).isEqualTo(200);
    }

    @Test
    void whyAnInstantDidNotRunIsAnswered() {
        String id = createdId(aJob("\"0 9 * * *\""));
        var page = open("/jobs/" + id);
        String before =
                Instant.now().minus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MINUTES).toString();
        page.locator("[name=at]").fill(before.substring(0, 16));
        press(page, "Explain");

        assertThat(page.locator("#why")).containsText("did not exist yet");
    }

    @Test
    void missedInstantsAreCountedBeforeTheyAreRun() {
        String id = createdId(aJob("\"* * * * *\""));
        var page = open("/jobs/" + id);
        press(page, "Backfill");
        var now = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        page.locator("#from").fill(now.minus(10, ChronoUnit.MINUTES).toString().substring(0, 16));
        page.locator("#to").fill(now.minus(5, ChronoUnit.MINUTES).toString().substring(0, 16));
        page.locator("#backfill .primary").click();
        assertThat(page.locator("#backfill output")).containsText("5");
        assertThat(executionsOf(id)).isZero();

        page.locator("#backfill .primary").click();

        assertThat(page.locator("#backfill")).isHidden();
        assertThat(executionsOf(id)).isEqualTo(5);
    }

    private static int executionsOf(String id) {
        return tree(get("/api/v1/jobs/{id}/executions", id), 200).get("items").size();
    }

    @Test
    void theFinderKnowsJobsExecutionsAndPages() {
        String name = unique("findable");
        String id = createdId(aJob().put("name", name));
        String execution = submittedId(aSubmission());
        var page = open("/queues");
        page.keyboard().press("/");
        page.locator("#palette input").fill(execution);
        assertThat(page.locator("#found a").first()).containsText("execution");

        page.locator("#palette input").fill(name);
        assertThat(page.locator("#found a").first()).containsText(name);
        page.keyboard().press("Enter");

        page.waitForURL("**/jobs/" + id);
    }

    @Test
    void aLostConnectionIsToldAndTheEndOfItToo() {
        var page = open("/queues");
        page.route("**/queues", route -> route.abort());
        assertThat(page.locator("#gone")).isVisible();

        page.unroute("**/queues");
        assertThat(page.locator("#gone")).isHidden();
    }

    @Test
    void pagesAreReadWithoutScripts() {
        String name = unique("read-only");
        createdId(aJob().put("name", name));
        var page =
                browser.open(
                        service() + "/jobs?q=" + name,
                        new NewContextOptions().setJavaScriptEnabled(false));

        assertThat(page.locator("td.name")).containsText(name);
        assertThat(page.locator("#gone")).isHidden();
    }

    @Test
    void onAPhoneNothingIsWiderThanTheScreen() {
        createdId(aJob("\"0 9 * * *\""));
        for (String path :
                List.of(
                        "",
                        "jobs",
                        "executions",
                        "dead-letters",
                        "queues",
                        "workers",
                        "forecast",
                        "jobs/new")) {
            var page =
                    browser.open(
                            service() + "/" + path,
                            new NewContextOptions().setViewportSize(390, 800));
            assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                    .as(path)
                    .isLessThanOrEqualTo(390);
        }
    }

    /** P7 holds for pages too. */
    @Test
    void oddFiltersAreAnsweredAndNeverAFault() {
        for (String odd :
                List.of("{x}", "%", "\u0000", "a&b=c", "é☃", "'; drop table job", "<b>")) {
            for (String parameter :
                    List.of(
                            "q",
                            "type",
                            "namespace",
                            "label",
                            "enabled",
                            "page",
                            "cursor",
                            "state",
                            "queue")) {
                for (String path : List.of("/jobs", "/executions", "/find")) {
                    var answer = request().queryParam(parameter, odd).get(path);

                    assertThat(answer.statusCode())
                            .as(path + "?" + parameter + "=" + odd)
                            .isIn(200, 400);
                    assertThat(answer.asString())
                            .doesNotContain("<b>a")
                            .doesNotContain("value=\"<b>");
                }
            }
        }
    }

    @Test
    void aLinkToTheNextPageKeepsTheFilters() {
        String prefix = unique("page & {more}");
        for (int index = 0; index < 3; index++) {
            created(aJob().put("name", prefix + index));
        }
        String first =
                request().queryParam("q", prefix).queryParam("limit", 2).get("/jobs").asString();
        var link = Pattern.compile("href=\"(\\?[^\"]*page=2)\"").matcher(first);
        assertThat(link.find()).isTrue();

        String second =
                request()
                        .urlEncodingEnabled(false)
                        .get("/jobs" + link.group(1).replace("&amp;", "&"))
                        .asString();

        assertThat(second).contains("3 to 3 of 3");
    }

    /** A form sends its empty fields too. */
    @Test
    void emptyFiltersAreNone() {
        for (String path :
                List.of(
                        "/jobs?q=&type=&enabled=&label=&namespace=",
                        "/executions?state=&type=&queue=&label=&namespace=")) {
            var answer = get(path);

            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.asString()).as(path).doesNotContain(">Clear<");
        }
    }

    @Test
    void pagesAreSmallAndHaveAStrictPolicy() {
        String id = createdId(aJob("\"* * * * *\""));
        String execution = submittedId(aSubmission());
        for (String path :
                List.of(
                        "/",
                        "/jobs",
                        "/jobs/new",
                        "/jobs/" + id,
                        "/jobs/" + id + "/edit",
                        "/executions",
                        "/executions/" + execution,
                        "/dead-letters",
                        "/queues",
                        "/workers",
                        "/forecast",
                        "/calendars",
                        "/rules",
                        "/secrets",
                        "/keys",
                        "/namespaces",
                        "/audit",
                        "/import",
                        "/find")) {
            var answer = get(path);

            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.header("Content-Security-Policy"))
                    .startsWith("default-src 'none'; script-src 'self'; style-src 'self'")
                    .doesNotContain("unsafe");
            assertThat(answer.asByteArray().length).as(path).isLessThan(100_000);
            assertThat(answer.asString())
                    .as(path)
                    .doesNotContainPattern("<script>|<style|\\sstyle=|\\son\\w+=\"");
        }
    }
}
