package io.carillon.handler.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CSV and text; HTML and JSON are in the tests of the type. */
class DocumentsTest {
    private static final Instant AT = Instant.parse("2026-12-01T09:00:00Z");

    @Test
    void csvIsThatOfRfc4180() {
        var table =
                table(
                        """
                        [{"item": "a,b", "said": "he \\"said\\"\\nso", "n": -1.50, "big": 1e3, "ok": true, "none": null, "empty": "",
                          "json": {"a": [1]}}]
                        """,
                        "item",
                        "said",
                        "n",
                        "big",
                        "ok",
                        "none",
                        "empty",
                        "json");

        assertThat(new CsvDocument(false).of(table))
                .isEqualTo(
                        "item,said,n,big,ok,none,empty,json\r\n"
                                + "\"a,b\",\"he \"\"said\"\"\nso\",-1.50,1000,true,,\"\",\"{\"\"a\"\":[1]}\"\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "=1+1, '''=1+1'",
        "@SUM(A1), '''@SUM(A1)'",
        "+cmd, '''+cmd'",
        "-2+3, '''-2+3'",
        "＝1, '''＝1'",
        "-5.25, -5.25",
        "+4915, +4915",
        "a=b, a=b"
    })
    void aTextThatASpreadsheetWouldRunIsNoFormula(String value, String cell) {
        var rows = JsonNodeFactory.instance.arrayNode();
        rows.addObject().put(value, value);
        var table = new Table(List.of(value), rows, true);

        assertThat(new CsvDocument(false).of(table)).isEqualTo(cell + "\r\n" + cell + "\r\n");
        assertThat(new CsvDocument(true).of(table)).isEqualTo(value + "\r\n" + value + "\r\n");
    }

    @Test
    void aTabOrALineBreakBeforeAFormulaHidesNone() {
        var table = table("[{\"a\": \"\\t=1\", \"b\": \"\\r=1\"}]", "a", "b");

        assertThat(new CsvDocument(false).of(table)).isEqualTo("a,b\r\n'\t=1,\"'\r=1\"\r\n");
    }

    @Test
    void textHasAlignedColumns() {
        var table =
                table(
                        """
                        [{"item": "cat", "price": 1.50}, {"item": "日本", "price": 200}, {"item": "e\\u0301\\u001b[2J", "price": null}]
                        """,
                        "item",
                        "price");

        assertThat(TextDocument.of(new Report("Sales", AT, table)))
                .isEqualTo(
                        """
                        Sales
                        1 December 2026 09:00:00 UTC, 3 rows

                        item   price
                        -----  -----
                        cat     1.50
                        日本     200
                        e\u0301 [2J
                        """);
    }

    @Test
    void aLongTextIsWrittenInFullAndMovesItsRowAlone() {
        String long100 = "x".repeat(100);
        var table =
                table(
                        "[{\"a\": \"%s\", \"b\": \"1\"}, {\"a\": \"y\", \"b\": \"2\"}]"
                                .formatted(long100),
                        "a",
                        "b");

        assertThat(TextDocument.of(new Report("t", AT, table)))
                .endsWith("\na  b\n-  -\n" + long100 + "  1\ny  2\n");
    }

    @Test
    void whatIsCutSaysSo() {
        var cut = new Table(List.of("a"), JsonNodeFactory.instance.arrayNode().add(1), false);

        assertThat(new Report("t", AT, cut).subtitle()).endsWith("UTC, Only the first 1 row");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sales.csv | true",
                "a b (1).csv | true",
                "../x | false",
                ".. | false",
                "/etc/passwd | false",
                "a/b | false",
                "'' | false"
            })
    void aNameOfAFileLeadsNowhereElse(String name, boolean isValid) {
        assertThat(FileNames.isValid(name)).isEqualTo(isValid);
    }

    @ParameterizedTest
    @CsvSource({"../../etc/passwd, ------etc-passwd", "Größe 1, Gr--e-1", "a_b, a_b"})
    void whatANameShouldNotHaveIsReplaced(String text, String safe) {
        assertThat(FileNames.safe(text)).isEqualTo(safe);
        assertThat(FileNames.isValid(safe)).isTrue();
    }

    private static Table table(String rows, String... columns) {
        try {
            var mapper =
                    JsonMapper.builder()
                            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                            .build();
            return new Table(List.of(columns), (ArrayNode) mapper.readTree(rows), true);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }
}
