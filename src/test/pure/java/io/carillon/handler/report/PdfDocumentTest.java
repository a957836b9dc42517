package io.carillon.handler.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.quarkus.runtime.ImageMode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;

/** Documents are opened and read back. */
class PdfDocumentTest {
    private static final Instant AT = Instant.parse("2026-12-01T09:00:00Z");

    @Test
    void everyPageHasTheHeaderAndItsNumber() throws Exception {
        var rows = JsonNodeFactory.instance.arrayNode();
        for (int row = 1; row <= 120; row++) {
            rows.addObject().put("item", "item " + row).put("price", row);
        }

        byte[] pdf = pdf("Sales", new Table(List.of("item", "price"), rows, true));

        try (var document = Loader.loadPDF(pdf)) {
            int pages = document.getNumberOfPages();
            assertThat(pages).isGreaterThan(2);
            assertThat(document.getDocumentInformation().getTitle()).isEqualTo("Sales");
            for (int page = 1; page <= pages; page++) {
                var stripper = new PDFTextStripper();
                stripper.setStartPage(page);
                stripper.setEndPage(page);
                assertThat(stripper.getText(document))
                        .contains("item price", "Page " + page + " of " + pages);
            }
        }
        String text = text(pdf);
        assertThat(text).startsWith("Sales\n1 December 2026 09:00:00 UTC, 120 rows\n");
        assertThat(text.lines())
                .containsSubsequence(
                        IntStream.rangeClosed(1, 120)
                                .mapToObj(row -> "item " + row + " " + row)
                                .toList());
    }

    @Test
    void lettersOfSeveralScriptsAreReadBack() throws Exception {
        assertThat(text(pdf("Größe αβγ Жук office", one("Ünïcödé €"))))
                .contains("Größe αβγ Жук office", "Ünïcödé €");
    }

    /** Its letters stand in the order of the eye; who reads it finds theirs again. */
    @Test
    void aScriptFromTheRightIsReadBack() throws Exception {
        assertThat(text(pdf("t", one("שלום")))).contains("שלום");
    }

    @Test
    void whatTheFontHasNoGlyphForIsAQuestionMark() throws Exception {
        assertThat(text(pdf("漢字", one("a😀b\u0001c\uD800d\u200Be")))).contains("??\n", "a?b c?de");
    }

    @Test
    void aLongTextIsBrokenIntoLinesAndGoesOnOnTheNextPage() throws Exception {
        String words = "word ".repeat(3000).strip();
        String text = text(pdf("t", one(words + "\n" + "x".repeat(5000))));

        assertThat(text.split("word", -1)).hasSize(3001);
        assertThat(text.chars().filter(each -> each == 'x').count()).isEqualTo(5000);
    }

    @Test
    void anyNumberOfColumnsIsWritten() throws Exception {
        var row = JsonNodeFactory.instance.arrayNode();
        var values = row.addObject();
        var columns = IntStream.range(0, 300).mapToObj(each -> "column" + each).toList();
        columns.forEach(each -> values.put(each, "value of " + each));

        assertThat(pdf("many", new Table(columns, row, true))).isNotEmpty();
        assertThat(text(pdf("none", new Table(List.of(), row, true)))).contains("none", "1 row");
        assertThat(text(pdf("no rows", table("a")))).contains("no rows", "a\n", "0 rows");
    }

    @Test
    void whoIsInterruptedWritesNoMore() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> pdf("t", one("a"))).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aNativeExecutableSaysThatItWritesNone() {
        assertThat(PdfDocument.lack(ImageMode.NATIVE_RUN))
                .hasValueSatisfying(
                        lack ->
                                assertThat(lack)
                                        .contains("native executable", "HTML, CSV, TEXT or JSON"));
        assertThat(PdfDocument.lack(ImageMode.JVM)).isEmpty();
    }

    private static byte[] pdf(String title, Table table) throws InterruptedException {
        return PdfDocument.of(new Report(title, AT, table));
    }

    private static Table table(String... columns) {
        return new Table(List.of(columns), JsonNodeFactory.instance.arrayNode(), true);
    }

    private static Table one(String value) {
        var table = table("value");
        table.rows().addObject().put("value", value);
        return table;
    }

    private static String text(byte[] pdf) throws IOException {
        try (var document = Loader.loadPDF(pdf)) {
            var stripper = new PDFTextStripper();
            stripper.setSortByPosition(true);
            return stripper.getText(document);
        }
    }
}
