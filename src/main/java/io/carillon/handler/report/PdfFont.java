package io.carillon.handler.report;

import java.io.IOException;
import java.io.InputStream;
import java.text.Bidi;
import java.util.HashMap;
import java.util.Map;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

/**
 * Knows which characters of a document's font can be written, and how wide each is. The font is
 * Liberation Sans, which PDFBox brings: letters of Latin, Greek, Cyrillic and Hebrew. What it has
 * no glyph for is written as {@link #MISSING}.
 */
final class PdfFont {
    static final int MISSING = '?';

    private static final String LIBERATION_SANS =
            "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

    /** In which a font says how wide a glyph is. */
    private static final float UNITS = 1000;

    private final PDFont font;

    /** Widths by character, for a size of 1; negative: no glyph. */
    private final Map<Integer, Float> widths = new HashMap<>();

    PdfFont(PDDocument document) throws IOException {
        try (InputStream file = PDDocument.class.getResourceAsStream(LIBERATION_SANS)) {
            if (file == null) {
                throw new IOException("PDFBox has no Liberation Sans");
            }
            font = PDType0Font.load(document, file, true);
        }
    }

    PDFont font() {
        return font;
    }

    /** Returns a text of characters that can be written, without line breaks. */
    String writable(String text) {
        var writable = new StringBuilder(text.length());
        text.codePoints()
                .map(each -> Character.isISOControl(each) ? ' ' : each)
                .filter(each -> Character.getType(each) != Character.FORMAT)
                .map(each -> width(each) < 0 ? MISSING : each)
                .forEach(writable::appendCodePoint);
        return writable.toString();
    }

    /** Returns how wide a writable text is. */
    float width(String text, float size) {
        float width = 0;
        for (int point : text.codePoints().toArray()) {
            width += width(point);
        }
        return width * size;
    }

    private float width(int point) {
        return widths.computeIfAbsent(point, this::measured);
    }

    private float measured(int point) {
        try {
            return font.getStringWidth(Character.toString(point)) / UNITS;
        } catch (IllegalArgumentException | IOException noGlyph) {
            return -1;
        }
    }

    /** Returns a line of text in the order in which its letters stand from left to right. */
    static String visual(String line) {
        var characters = line.toCharArray();
        if (!Bidi.requiresBidi(characters, 0, characters.length)) {
            return line;
        }
        var bidi = new Bidi(line, Bidi.DIRECTION_DEFAULT_LEFT_TO_RIGHT);
        int count = bidi.getRunCount();
        byte[] levels = new byte[count];
        var runs = new String[count];
        for (int run = 0; run < count; run++) {
            levels[run] = (byte) bidi.getRunLevel(run);
            String text = line.substring(bidi.getRunStart(run), bidi.getRunLimit(run));
            runs[run] = levels[run] % 2 == 0 ? text : new StringBuilder(text).reverse().toString();
        }
        Bidi.reorderVisually(levels, 0, runs, 0, count);
        return String.join("", runs);
    }
}
