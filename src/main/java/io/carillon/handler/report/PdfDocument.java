package io.carillon.handler.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ImageMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Optional;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.PDPageContentStream.AppendMode;

/**
 * Writes pages of A4: the title, the instant, a table whose header is on every page, and the number
 * of each page. A row that does not fit goes on on the next page.
 */
final class PdfDocument {
    private static final float TITLE_SIZE = 16;
    private static final float LEADING = 1.3f;
    private static final float LINE = PdfLayout.SIZE * LEADING;
    private static final float ROW_GAP = 4;
    private static final float GREY = 0.75f;

    private final PDDocument document;
    private final Report report;
    private final PdfFont font;
    private final PdfLayout layout;
    private final List<PDPage> pages = new ArrayList<>();
    private PDPageContentStream content;

    /** Where the next line begins. */
    private float top;

    private PdfDocument(PDDocument document, Report report, PdfFontFiles files) throws IOException {
        this.document = document;
        this.report = report;
        this.font = new PdfFont(document, files);
        this.layout = new PdfLayout(font, report.table());
        this.content = newPage();
    }

    /** Explains in a sentence why there can be no PDF; empty if there can. */
    static Optional<String> lack(ImageMode mode) {
        return mode == ImageMode.NATIVE_RUN
                ? Optional.of(
                        "a native executable writes no PDF: choose HTML, CSV, TEXT or JSON, or run the jar")
                : Optional.empty();
    }

    /**
     * Writes it without the administrator's fonts if it cannot be written with them: that a glyph
     * is damaged shows when it is embedded.
     *
     * @throws InterruptedException when the thread was interrupted
     */
    static Document of(Report report, PdfFontFiles files) throws InterruptedException {
        try {
            return written(report, files);
        } catch (IOException | RuntimeException unusable) {
            if (files.list().isEmpty()) {
                throw unchecked(unusable);
            }
            Log.warnf(
                    "report written without the fonts of %s, of which one is damaged: %s",
                    files, unusable);
        }
        try {
            return written(report, PdfFontFiles.NONE);
        } catch (IOException impossible) {
            throw unchecked(impossible);
        }
    }

    private static RuntimeException unchecked(Exception failure) {
        return failure instanceof IOException io
                ? new UncheckedIOException(io)
                : (RuntimeException) failure;
    }

    private static Document written(Report report, PdfFontFiles files)
            throws IOException, InterruptedException {
        try (var document = new PDDocument()) {
            var pdf = new PdfDocument(document, report, files);
            pdf.write();
            var bytes = new ByteArrayOutputStream();
            document.save(bytes);
            return new Document(bytes.toByteArray(), pdf.missing());
        }
    }

    private void write() throws IOException, InterruptedException {
        float width = layout.page().getWidth() - 2 * PdfLayout.MARGIN;
        for (String line : layout.lines(report.title(), TITLE_SIZE, width)) {
            top -= TITLE_SIZE * LEADING;
            show(line, TITLE_SIZE, PdfLayout.MARGIN, top);
        }
        top -= LINE;
        show(report.subtitle(), PdfLayout.SIZE, PdfLayout.MARGIN, top);
        top -= LINE;
        var columns = report.table().columns();
        writeHeader(columns);
        for (var row : report.table().rows()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            writeRow(columns, report.table().values(row));
        }
        content.close();
        number();
        var about = new PDDocumentInformation();
        about.setTitle(report.title());
        about.setCreator("Carillon");
        about.setCreationDate(calendar(report.at()));
        document.setDocumentInformation(about);
    }

    /** Each character of the report counts once, however often it is written. */
    private long missing() {
        var table = report.table();
        long missing = font.missing(report.title());
        for (String column : table.columns()) {
            missing += font.missing(column);
        }
        for (var row : table.rows()) {
            for (var value : table.values(row)) {
                missing += font.missing(Table.text(value));
            }
        }
        return missing;
    }

    private static GregorianCalendar calendar(Instant at) {
        return GregorianCalendar.from(at.atZone(ZoneOffset.UTC));
    }

    private PDPageContentStream newPage() throws IOException {
        var page = new PDPage(layout.page());
        document.addPage(page);
        pages.add(page);
        top = layout.page().getHeight() - PdfLayout.MARGIN;
        return new PDPageContentStream(document, page);
    }

    private void nextPage(List<String> columns) throws IOException {
        content.close();
        content = newPage();
        writeHeader(columns);
    }

    private void writeHeader(List<String> columns) throws IOException {
        var cells = new ArrayList<List<String>>();
        for (int column = 0; column < columns.size(); column++) {
            cells.add(lines(columns.get(column), column));
        }
        // A header that filled the page would leave no place for rows.
        int height = Math.min(height(cells), (int) (layout.page().getHeight() / LINE / 4));
        for (int line = 0; line < height; line++) {
            writeLine(cells, line, List.of());
        }
        rule(0);
    }

    private void writeRow(List<String> columns, List<JsonNode> values) throws IOException {
        var cells = new ArrayList<List<String>>();
        for (int column = 0; column < values.size(); column++) {
            cells.add(lines(Table.text(values.get(column)), column));
        }
        int height = Math.max(1, height(cells));
        boolean fitsOnAPage = height * LINE < layout.page().getHeight() / 2;
        if (fitsOnAPage && top - height * LINE < PdfLayout.MARGIN) {
            nextPage(columns);
        }
        for (int line = 0; line < height; line++) {
            if (top - LINE < PdfLayout.MARGIN) {
                nextPage(columns);
            }
            writeLine(cells, line, values);
        }
        rule(GREY);
    }

    private List<String> lines(String text, int column) {
        return layout.lines(text, PdfLayout.SIZE, layout.width(column) - PdfLayout.GAP);
    }

    private static int height(List<List<String>> cells) {
        return cells.stream().mapToInt(List::size).max().orElse(0);
    }

    /**
     * @param values numbers among them are written to the right
     */
    private void writeLine(List<List<String>> cells, int line, List<JsonNode> values)
            throws IOException {
        top -= LINE;
        float left = PdfLayout.MARGIN;
        for (int column = 0; column < cells.size(); column++) {
            var lines = cells.get(column);
            if (line < lines.size()) {
                String text = lines.get(line);
                boolean isNumber = column < values.size() && values.get(column).isNumber();
                float room = layout.width(column) - PdfLayout.GAP;
                float indent = isNumber ? room - font.width(text, PdfLayout.SIZE) : 0;
                show(text, PdfLayout.SIZE, left + indent, top);
            }
            left += layout.width(column);
        }
    }

    private void rule(float grey) throws IOException {
        top -= ROW_GAP;
        content.setStrokingColor(grey);
        content.setLineWidth(0.5f);
        content.moveTo(PdfLayout.MARGIN, top);
        content.lineTo(layout.page().getWidth() - PdfLayout.MARGIN, top);
        content.stroke();
    }

    private void show(String text, float size, float x, float y) throws IOException {
        show(content, text, size, x, y);
    }

    private void show(PDPageContentStream to, String text, float size, float x, float y)
            throws IOException {
        to.beginText();
        to.newLineAtOffset(x, y);
        for (var run : font.runs(text)) {
            to.setFont(run.font(), size);
            to.showText(run.text());
        }
        to.endText();
    }

    /** How many pages there are is known at the end. */
    private void number() throws IOException {
        for (int page = 0; page < pages.size(); page++) {
            String text = "Page %d of %d".formatted(page + 1, pages.size());
            float x =
                    layout.page().getWidth() - PdfLayout.MARGIN - font.width(text, PdfLayout.SIZE);
            try (var to =
                    new PDPageContentStream(
                            document, pages.get(page), AppendMode.APPEND, true, true)) {
                show(to, text, PdfLayout.SIZE, x, PdfLayout.MARGIN / 2);
            }
        }
    }
}
