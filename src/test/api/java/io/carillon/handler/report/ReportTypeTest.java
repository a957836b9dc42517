package io.carillon.handler.report;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.FilesRoot;
import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of a real PostgreSQL, written and delivered; mails are in the tests of the mail type. */
@QuarkusTest
class ReportTypeTest {
    private static final String SQL =
            "select * from (values ('a<b>', 1.50), ('=1+1', 2)) as sale (item, price)";

    private final String folder = unique("reports");

    private static ObjectNode config(String format) {
        return object().put("datasource", "shop").put("sql", SQL).put("format", format);
    }

    private static JsonNode run(JsonNode config) {
        var submission = object().put("type", "report_generation");
        submission.set("config", config);
        submission.set("retry", json("{\"maxAttempts\": 2, \"delay\": \"1ms\"}"));
        return ended(submittedId(submission));
    }

    private static String documentOf(JsonNode config) {
        var execution = run(config);
        assertThat(execution.get("state").textValue())
                .as(execution.toString())
                .isEqualTo("SUCCEEDED");
        return execution.at("/result/document").textValue();
    }

    @Test
    void aPageHasValuesAndNoTagsOfThem() {
        String page = documentOf(config("HTML").put("title", "Sales & <more> {{job.namespace}}"));

        assertThat(page)
                .contains(
                        "<title>Sales &amp; &lt;more&gt; default</title>",
                        "<th scope=\"col\">item</th><th scope=\"col\">price</th>",
                        "<td>a&lt;b&gt;</td><td class=\"number\">1.50</td>",
                        "2 rows")
                .startsWith("<!DOCTYPE html>");
    }

    @Test
    void csvAndTextAreTheDocumentOfTheResult() {
        var csv = run(config("CSV")).get("result");

        assertThat(csv.get("document").textValue())
                .isEqualTo("item,price\r\na<b>,1.50\r\n'=1+1,2\r\n");
        assertThat(csv.get("rowCount").intValue()).isEqualTo(2);
        assertThat(csv.get("isComplete").booleanValue()).isTrue();
        assertThat(csv.get("bytes").intValue()).isEqualTo(32);
        assertThat(documentOf(config("CSV").put("formulas", true))).contains("\r\n=1+1,2");
        assertThat(documentOf(config("TEXT")))
                .startsWith("Report\n")
                .endsWith("\nitem  price\n----  -----\na<b>   1.50\n=1+1      2\n");
    }

    @Test
    void jsonIsAnArrayOfObjects() {
        var config = config("JSON").put("sql", "select ?::int as n, ?::jsonb as more");
        config.putArray("parameters").add(7).add("{\"a\": [1]}");

        assertThat(run(config).at("/result/document"))
                .isEqualTo(json("[{\"n\": 7, \"more\": {\"a\": [1]}}]"));
    }

    @Test
    void aSecretIsMaskedInEveryFormat() {
        String name = unique("secret");
        tree(body(object().put("value", "to\"p<secret>")).put("/api/v1/secrets/{name}", name), 201);
        for (String format : new String[] {"HTML", "CSV", "TEXT", "JSON"}) {
            var config = config(format).put("sql", "select ? as said");
            config.putArray("parameters").add("{{secret." + name + "}}");

            assertThat(run(config).get("result").toString())
                    .as(format)
                    .contains("****")
                    .doesNotContain("secret&gt;", "secret>");
        }
    }

    @Test
    void moreRowsThanAskedForAreCutAndTheDocumentSaysSo() {
        var config =
                config("TEXT")
                        .put("sql", "select n from generate_series(1, 100) as n")
                        .put("maxRows", 3);

        var result = run(config).get("result");

        assertThat(result.get("isComplete").booleanValue()).isFalse();
        assertThat(result.get("document").textValue())
                .contains("Only the first 3 rows")
                .endsWith("\n3\n");
    }

    @Test
    void whatIsTooLargeForAResultSaysHowToGetIt() {
        var config = config("CSV").put("sql", "select repeat('x', 50000) as x");

        var execution = run(config);

        assertThat(execution.at("/error/code").textValue()).isEqualTo("REPORT_TOO_LARGE");
        assertThat(execution.at("/error/message").textValue()).contains("to, url or root");
        assertThat(execution.get("attempt").intValue()).isEqualTo(1);
    }

    @Test
    void aQueryOnlyReads() {
        var config = config("CSV").put("sql", "create table stolen (id int)");

        assertThat(run(config).at("/error/message").textValue()).contains("25006");
    }

    /** The shortest: a name, a type and no more. */
    @Test
    void withoutAQueryItIsHowTheJobsOfTheNamespaceDid() {
        String namespace = unique("tenant");
        String other = unique("tenant");
        var noop = object().put("name", "=sum").put("namespace", namespace).put("type", "noop");
        String id = createdId(noop);
        createdId(object().put("name", "theirs").put("namespace", other).put("type", "noop"));
        ended(triggered(id, "{}").get("id").textValue());
        var report =
                object().put("name", "how-it-goes")
                        .put("namespace", namespace)
                        .put("type", "report_generation");
        report.putObject("config").put("format", "JSON");
        String reportId = createdId(report);

        var execution = ended(triggered(reportId, "{}").get("id").textValue());

        var rows = execution.at("/result/document");
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).get("job").textValue()).isEqualTo("=sum");
        assertThat(rows.get(0).get("succeeded").intValue()).isEqualTo(1);
        assertThat(rows.get(0).get("successPercent").doubleValue()).isEqualTo(100);
        assertThat(rows.get(0).get("medianSeconds").isNumber()).isTrue();
        assertThat(rows.get(1).get("successPercent").isNull()).isTrue();
        assertThat(execution.toString()).doesNotContain("theirs");
    }

    @Test
    void aDocumentIsSentToAUrlAndItsStatusDecides() {
        try (var target = HttpTarget.start()) {
            var config = config("CSV").put("url", target.url("/in?at={{execution.id}}"));
            config.putObject("headers").put("X-Kind", "sales");

            var execution = run(config);

            assertThat(execution.at("/result/status").intValue()).isEqualTo(200);
            assertThat(execution.get("result").has("document")).isFalse();
            var call = target.calls().getFirst();
            assertThat(call.method()).isEqualTo("POST");
            assertThat(call.path()).isEqualTo("/in?at=" + execution.get("id").textValue());
            assertThat(call.body()).isEqualTo("item,price\r\na<b>,1.50\r\n'=1+1,2\r\n");
            assertThat(call.headers())
                    .containsEntry("Content-Type", "text/csv; charset=utf-8; header=present")
                    .containsEntry("X-Kind", "sales");
            target.answers(403);
            var refused = run(config.put("method", "PUT"));
            assertThat(refused.at("/error/code").textValue()).isEqualTo("HTTP_STATUS");
            assertThat(refused.get("attempt").intValue()).isEqualTo(1);
            target.answers(503).answers(200);
            assertThat(run(config).get("attempt").intValue()).isEqualTo(2);
        }
    }

    @Test
    void aPdfIsAFileUnderARootAndCanBeOpened() throws IOException {
        Files.createDirectories(FilesRoot.PATH.resolve(folder));
        var config = config("PDF").put("root", "tests").put("folder", folder);

        var result = run(config.put("title", "Продажи")).get("result");

        String name = result.get("fileName").textValue();
        assertThat(name).matches("report-\\d{4}-\\d\\d-\\d\\dT\\d{6}Z-[0-9a-f]{8}\\.pdf");
        var file = FilesRoot.PATH.resolve(folder).resolve(name);
        assertThat(Files.size(file)).isEqualTo(result.get("bytes").intValue());
        try (var document = Loader.loadPDF(file.toFile())) {
            assertThat(new PDFTextStripper().getText(document))
                    .contains("Продажи", "item", "a<b>", "1.50", "Page 1 of 1");
        }
        assertThat(names()).containsExactly(name);
    }

    @Test
    void aNameLeadsNowhereElseAndALinkIsReplaced(@TempDir Path outside) throws IOException {
        var base = Files.createDirectories(FilesRoot.PATH.resolve(folder));
        var precious = Files.writeString(outside.resolve("precious"), "precious");
        Files.createSymbolicLink(base.resolve("link.csv"), precious);
        Files.createSymbolicLink(base.resolve("away"), outside);
        Files.createDirectories(base.resolve("folder.csv/full"));
        var config = config("CSV").put("root", "tests");

        for (String into : new String[] {folder + "/away", folder + "/nothing"}) {
            config.put("folder", into).put("fileName", "x.csv");
            assertThat(run(config).at("/error/code").textValue()).as(into).isEqualTo("FILES_IO");
        }
        config.put("folder", folder);
        assertThat(run(config.put("fileName", "folder.csv")).at("/error/code").textValue())
                .isEqualTo("FILES_IO");
        assertThat(run(config.put("fileName", "link.csv")).get("state").textValue())
                .isEqualTo("SUCCEEDED");

        assertThat(precious).hasContent("precious");
        assertThat(base.resolve("link.csv"))
                .satisfies(file -> assertThat(Files.isSymbolicLink(file)).isFalse())
                .content()
                .isEqualTo("item,price\r\na<b>,1.50\r\n'=1+1,2\r\n");
        assertThat(outside.resolve("x.csv")).doesNotExist();
        assertThat(names()).containsExactlyInAnyOrder("link.csv", "away", "folder.csv");
    }

    /** What a placeholder brings is known only when it is filled. */
    @Test
    void aNameOfAJobThatIsAPathIsNone() throws IOException {
        Files.createDirectories(FilesRoot.PATH.resolve(folder));
        var job = object().put("name", "../../" + unique("x")).put("type", "report_generation");
        job.set(
                "config",
                config("CSV")
                        .put("root", "tests")
                        .put("folder", folder)
                        .put("fileName", "{{job.name}}"));
        String id = createdId(job);

        var execution = ended(triggered(id, "{}").get("id").textValue());

        assertThat(execution.at("/error/code").textValue()).isEqualTo("INVALID_JOB");
        assertThat(names()).isEmpty();
    }

    private List<String> names() throws IOException {
        try (var names = Files.list(FilesRoot.PATH.resolve(folder))) {
            return names.map(each -> each.getFileName().toString()).toList();
        }
    }

    @Test
    void aDatabaseThatIsNotForTheNamespaceIsNotThere() {
        var job = aJob().put("type", "report_generation");
        job.set("config", config("CSV").put("datasource", "payroll"));

        assertProblem(body(job).post(JOBS), 400, "invalid-request", "config.datasource");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "format     | {\"format\": \"DOC\"}",
                "format     | {\"format\": \"PDF\"}",
                "datasource | {\"sql\": \"select 1\"}",
                "sql        | {\"datasource\": \"shop\"}",
                "sql        | {\"datasource\": \"shop\", \"sql\": \"select 1; select 2\"}",
                "parameters | {\"parameters\": [1]}",
                "period     | {\"datasource\": \"shop\", \"sql\": \"select 1\", \"period\": \"1h\"}",
                "period     | {\"period\": \"1s\"}",
                "formulas   | {\"formulas\": true}",
                "title      | {\"title\": \"a\\nb\"}",
                "url        | {\"to\": [\"a@example.com\"], \"url\": \"https://example.com\"}",
                "root       | {\"to\": [\"a@example.com\"], \"root\": \"tests\"}",
                "root       | {\"root\": \"nowhere\"}",
                "folder     | {\"root\": \"tests\", \"folder\": \"../x\"}",
                "fileName   | {\"root\": \"tests\", \"fileName\": \"../x\"}",
                "fileName   | {\"root\": \"tests\", \"fileName\": \"a/b\"}",
                "fileName   | {\"to\": [\"a@example.com\"], \"fileName\": \"a\"}",
                "to[0]      | {\"to\": [\"nobody\"]}",
                "cc         | {\"cc\": [\"a@example.com\"]}",
                "subject    | {\"subject\": \"a\"}",
                "attach     | {\"to\": [\"a@example.com\"], \"format\": \"CSV\", \"attach\": false}",
                "url        | {\"url\": \"http://169.254.169.254/\"}",
                "url        | {\"url\": \"file:///etc/passwd\"}",
                "method     | {\"url\": \"https://example.com\", \"method\": \"GET\"}",
                "headers    | {\"headers\": {\"X-Kind\": \"a\"}}"
            })
    void whatIsWrongIsNamed(String field, String config) {
        var job = aJob().put("type", "report_generation");
        job.set("config", json(config));

        assertProblem(body(job).post(JOBS), 400, "invalid-request", "config." + field);
    }
}
