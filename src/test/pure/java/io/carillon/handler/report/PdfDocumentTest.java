package io.carillon.handler.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.quarkus.runtime.ImageMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents are opened and read back. */
class PdfDocumentTest {
    private static final Instant AT = Instant.parse("2026-12-01T09:00:00Z");

    private static final Path DEJAVU = Path.of("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");

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
        String latin = "Zażółć gęślą jaźń, Příliš žluťoučký kůň, Ţara Őszi ığdır þæð ñ";
        String others = "ἀρχή Ελλάδα Київ Њујорк Ўзбек";
        assertThat(text(pdf(latin, one(others)))).contains(latin, others).doesNotContain("?");
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
    void whatAFontOfTheFolderHasIsWrittenByIt(@TempDir Path folder) throws Exception {
        assumeTrue(Files.exists(DEJAVU), "this machine has no DejaVu Sans");
        Files.copy(DEJAVU, folder.resolve("sans.ttf"));
        Files.writeString(folder.resolve("a-damaged.ttf"), "no font");
        Files.writeString(folder.resolve("b-readme.txt"), "no font");
        var fonts = new PdfFontFiles(Optional.of(folder));
        var report = new Report("საქართველო ✓ Größe", AT, one("Հայաստան 漢a字 ☃ Größe"));

        var pdf = PdfDocument.of(report, fonts);

        assertThat(text(pdf.bytes())).contains("საქართველო ✓ Größe", "Հայաստան ?a? ☃ Größe");
        assertThat(pdf.missing()).isEqualTo(2);
        String arabic =
                "\u0627\u0644\u0645\u0628\u064A\u0639\u0627\u062A \u0641\u0627\u0631\u0633\u06CC";
        var joined = PdfDocument.of(new Report("t", AT, one(arabic)), fonts);
        assertThat(text(joined.bytes())).contains(arabic);
        assertThat(joined.missing()).isZero();
        var without = PdfDocument.of(report, PdfFontFiles.NONE);
        assertThat(without.missing()).isGreaterThan(2);
        assertThat(without.bytes().length).isLessThan(pdf.bytes().length);
    }

    @Test
    void eachCharacterThatIsMissingCountsOnce() throws Exception {
        var rows = JsonNodeFactory.instance.arrayNode();
        for (int row = 0; row < 120; row++) {
            rows.addObject().put("漢", "字".repeat(2) + "a");
        }
        var report = new Report("😀", AT, new Table(List.of("漢"), rows, true));

        assertThat(PdfDocument.of(report, PdfFontFiles.NONE).missing()).isEqualTo(1 + 1 + 240);
    }

    @Test
    void aFolderThatIsNotThereIsAsNone(@TempDir Path folder) throws Exception {
        var fonts = new PdfFontFiles(Optional.of(folder.resolve("nowhere")));

        assertThat(PdfDocument.of(new Report("漢", AT, one("a")), fonts).missing()).isEqualTo(1);
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
        return PdfDocument.of(new Report(title, AT, table), PdfFontFiles.NONE).bytes();
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
