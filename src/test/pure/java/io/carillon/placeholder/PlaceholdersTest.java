package io.carillon.placeholder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.problem.ProblemException;
import io.carillon.support.Api;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Placeholders in configs: what they bring in, and how it is written where they stand. */
class PlaceholdersTest {
    private static final UUID EXECUTION = UUID.fromString("0196f4a0-2d31-7c44-8b1f-6a0d5b8e9f01");
    private static final Facts FACTS =
            new Facts(
                    EXECUTION,
                    UUID.fromString("0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a"),
                    "weekly report",
                    "sales",
                    2,
                    Instant.parse("2026-12-31T23:30:00Z"),
                    Instant.parse("2027-01-01T08:00:00Z"),
                    "https://carillon.example.com/api/v1/callbacks/token",
                    Cause.NONE);
    private static final Map<String, String> SECRETS =
            Map.of("token", "a b&c\"<d>/é", "hook", "https://hooks.example.com/T0/x?y=1");
    private static final Map<String, Where> FIELDS =
            Map.of(
                    "url", Where.URL,
                    "headers", Where.HEADER,
                    "body", Where.BODY,
                    "html", Where.HTML,
                    "text", Where.TEXT);

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{{execution.id}} ~ 0196f4a0-2d31-7c44-8b1f-6a0d5b8e9f01",
                "{{job.id}} ~ 0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a",
                "a {{ job.name }} of {{job.namespace}}, try {{execution.attempt}}. ~ a weekly report of sales, try 2.",
                "{{execution.scheduledAt}} ~ 2026-12-31T23:30:00Z",
                "{{execution.scheduledAt|yyyy-MM-dd}} ~ 2026-12-31",
                "{{execution.scheduledAt|yyyy-MM-dd|Europe/Paris}} ~ 2027-01-01",
                "{{execution.scheduledAt||Europe/Paris}} ~ 2027-01-01T00:30:00+01:00",
                "{{now|EEE d MMM HH:mm|America/New_York}} ~ Fri 1 Jan 03:00",
                "{{'{{'}}name}} and {{'{{'}}{{job.name}} ~ {{name}} and {{weekly report",
                "{one} }} ~ {one} }}",
                "{{secret.token}} ~ a b&c\"<d>/é",
            })
    void eachBringsInItsValue(String text, String filled) {
        assertThat(filled("text", text)).isEqualTo(filled);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "url ~ https://example.com/{{secret.token}}?t={{secret.token}} ~ https://example.com/a%20b%26c%22%3Cd%3E%2F%C3%A9?t=a%20b%26c%22%3Cd%3E%2F%C3%A9",
                "url ~ {{secret.hook}}&z={{secret.hook}} ~ https://hooks.example.com/T0/x?y=1&z=https%3A%2F%2Fhooks.example.com%2FT0%2Fx%3Fy%3D1",
                "html ~ <b>{{secret.token}}</b> ~ <b>a b&amp;c&quot;&lt;d&gt;/é</b>",
                "body ~ plain {{secret.token}} ~ plain a b&c\"<d>/é",
            })
    void eachIsWrittenForWhereItStands(String field, String text, String filled) {
        assertThat(filled(field, text)).isEqualTo(filled);
    }

    @Test
    void aBodyIsWrittenAfterItsContentType() {
        assertThat(
                        filled(
                                        "{\"headers\": {\"content-type\": \"application/json\"}, \"body\":"
                                                + " \"{\\\"t\\\": \\\"{{secret.token}}\\\"}\"}")
                                .get("body")
                                .textValue())
                .isEqualTo("{\"t\": \"a b&c\\\"<d>/é\"}");
        assertThat(
                        filled(
                                        "{\"headers\": {\"Content-Type\": \"application/x-www-form-urlencoded\"},"
                                                + " \"body\": \"t={{secret.token}}\"}")
                                .get("body")
                                .textValue())
                .isEqualTo("t=a%20b%26c%22%3Cd%3E%2F%C3%A9");
        var tree = filled("{\"body\": {\"list\": [1, {\"t\": \"{{secret.token}}\"}]}}");
        assertThat(tree.at("/body/list/1/t").textValue()).isEqualTo("a b&c\"<d>/é");
        assertThat(tree.at("/body/list/0").intValue()).isEqualTo(1);
    }

    @Test
    void noHeaderHasALineBreak() {
        var config = Api.json("{\"headers\": {\"X\": \"{{secret.token}}\"}}");

        assertThatThrownBy(
                        () ->
                                Placeholders.filled(
                                        config, FIELDS, FACTS, Map.of("token", "a\r\nB: c")))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused ->
                                assertThat(refused.violations().getFirst().field())
                                        .isEqualTo("config.headers.X"))
                .hasMessageNotContaining("B: c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{",
                "{{execution.id}",
                "{{execution.ids}}",
                "{{}}",
                "{{secret.}}",
                "{{secret.-a}}",
                "{{secret.a b}}",
                "{{execution.id|yyyy}}",
                "{{now|yyyy-MM-dd|Nowhere/City}}",
                "{{now|qqqqqq bad}}",
                "{{now|'open}}",
                "{{now|yyyy|UTC|more}}"
            })
    void whatIsNoneIsRefusedByItsField(String text) {
        var config = Api.object();
        config.putObject("body").putArray("list").add("fine").add(text);

        assertThat(Placeholders.violations(config, FIELDS))
                .singleElement()
                .satisfies(each -> assertThat(each.field()).isEqualTo("body.list[1]"));
    }

    @Test
    void anUnknownOneIsToldWhichThereAre() {
        assertThat(
                        Placeholders.violations(Api.object().put("text", "{{job.nane}}"), FIELDS)
                                .getFirst()
                                .message())
                .contains("'{{job.nane}}'", "secret.NAME", "execution.scheduledAt", "job.name");
    }

    @Test
    void secretsAreFoundWithTheirFields() {
        var config =
                Api.json(
                        "{\"url\": \"https://a/{{secret.one}}\", \"headers\": {\"A\": \"{{secret.one}} {{secret.two}}\"}}");

        assertThat(Placeholders.secrets(config, FIELDS))
                .isEqualTo(Map.of("one", Set.of("url", "headers.A"), "two", Set.of("headers.A")));
    }

    @Test
    void otherFieldsHaveNoneAndValuesAreNotLookedThrough() {
        var config = Api.json("{\"expectedBody\": \"{{\", \"text\": \"{{secret.a}}\"}");

        assertThat(Placeholders.areIn(Api.json("{\"expectedBody\": \"{{\"}"), FIELDS)).isFalse();
        assertThat(Placeholders.areIn(config, FIELDS)).isTrue();
        var filled = Placeholders.filled(config, FIELDS, FACTS, Map.of("a", "{{secret.b}}"));
        assertThat(filled.get("text").textValue()).isEqualTo("{{secret.b}}");
        assertThat(filled.get("expectedBody").textValue()).isEqualTo("{{");
    }

    @Test
    void aLiteralTextHasNone() {
        String hostile = "{{secret.token}} {{{secret.token}}} {{'{{'}}";

        assertThat(filled("text", Placeholders.literal(hostile))).isEqualTo(hostile);
    }

    @Test
    void whatASecretBroughtInIsMaskedInEachOfItsForms() {
        var mask = new Mask(List.of("a b&c\"<d>/é", "a b&c\"<d>/é longer"));

        assertThat(mask.of("x a b&c\"<d>/é longer y a b&c\"<d>/é")).isEqualTo("x **** y ****");
        assertThat(mask.of(filled("url", "https://e/{{secret.token}}")))
                .isEqualTo("https://e/****");
        assertThat(mask.of(filled("html", "{{secret.token}}"))).isEqualTo("****");
        assertThat(mask.of("cut in a b&c\"<d>")).isEqualTo("cut in ****");
        assertThat(mask.of(Api.json("{\"a\": [\"is a b&c\\\"<d>/é\", 1]}")))
                .isEqualTo(Api.json("{\"a\": [\"is ****\", 1]}"));
    }

    private static String filled(String field, String text) {
        return Placeholders.filled(Api.object().put(field, text), FIELDS, FACTS, SECRETS)
                .get(field)
                .textValue();
    }

    private static JsonNode filled(String config) {
        return Placeholders.filled(Api.json(config), FIELDS, FACTS, SECRETS);
    }
}
