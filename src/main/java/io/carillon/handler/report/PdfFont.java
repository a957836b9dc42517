package io.carillon.handler.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.text.Bidi;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

/**
 * Knows which characters can be written in a document, by which font, and how wide each is. The
 * usual font is Liberation Sans, which PDFBox brings: letters of Latin, Greek, Cyrillic and Hebrew.
 * For others the administrator's fonts are tried. What none has a glyph for is written as {@link
 * #MISSING}.
 */
final class PdfFont {
    static final int MISSING = '?';

    private static final String LIBERATION_SANS =
            "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

    /** In which a font says how wide a glyph is. */
    private static final float UNITS = 1000;

    /** A part of a line that one font writes. */
    record Run(PDFont font, String text) {}

    /**
     * A character in the first font that has it.
     *
     * @param width for a size of 1
     */
    private record Glyph(PDFont font, float width) {}

    private final PDDocument document;
    private final PdfFontFiles files;

    /** Those that were opened, in their order. */
    private final List<PDFont> fonts = new ArrayList<>();

    private final Iterator<Path> unopened;
    private final Map<Integer, Optional<Glyph>> glyphs = new HashMap<>();

    PdfFont(PDDocument document, PdfFontFiles files) throws IOException {
        this.document = document;
        this.files = files;
        this.unopened = files.list().iterator();
        try (InputStream file = PDDocument.class.getResourceAsStream(LIBERATION_SANS)) {
            if (file == null) {
                throw new IOException("PDFBox has no Liberation Sans");
            }
            fonts.add(PDType0Font.load(document, file, true));
        }
    }

    /** Returns a text of characters that can be written, without line breaks. */
    String writable(String text) {
        var writable = new StringBuilder(text.length());
        visible(ArabicForms.joined(text, form -> glyph(form).isPresent()))
                .map(each -> glyph(each).isEmpty() ? MISSING : each)
                .forEach(writable::appendCodePoint);
        return writable.toString();
    }

    /** Returns how many characters of a text no font has. */
    long missing(String text) {
        return visible(text).filter(each -> glyph(each).isEmpty()).count();
    }

    private static IntStream visible(String text) {
        return text.codePoints()
                .map(each -> Character.isISOControl(each) ? ' ' : each)
                .filter(each -> Character.getType(each) != Character.FORMAT);
    }

    /** Returns how wide a writable text is. */
    float width(String text, float size) {
        float width = 0;
        for (int point : text.codePoints().toArray()) {
            width += glyph(point).orElseThrow().width;
        }
        return width * size;
    }

    /** Divides a writable text by the fonts that write it. */
    List<Run> runs(String text) {
        var runs = new ArrayList<Run>();
        var run = new StringBuilder();
        PDFont font = fonts.getFirst();
        for (int point : text.codePoints().toArray()) {
            var next = glyph(point).orElseThrow().font;
            if (!next.equals(font) && !run.isEmpty()) {
                runs.add(new Run(font, run.toString()));
                run.setLength(0);
            }
            font = next;
            run.appendCodePoint(point);
        }
        if (!run.isEmpty()) {
            runs.add(new Run(font, run.toString()));
        }
        return runs;
    }

    private Optional<Glyph> glyph(int point) {
        var known = glyphs.get(point);
        if (known == null) {
            known = found(point);
            glyphs.put(point, known);
        }
        return known;
    }

    /** Opens further fonts only for a character that those before do not have. */
    private Optional<Glyph> found(int point) {
        for (var font : fonts) {
            var glyph = measured(font, point);
            if (glyph.isPresent()) {
                return glyph;
            }
        }
        while (unopened.hasNext()) {
            var opened = files.open(unopened.next(), document);
            if (opened.isPresent()) {
                fonts.add(opened.get());
                var glyph = measured(opened.get(), point);
                if (glyph.isPresent()) {
                    return glyph;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Glyph> measured(PDFont font, int point) {
        try {
            return Optional.of(
                    new Glyph(font, font.getStringWidth(Character.toString(point)) / UNITS));
        } catch (IllegalArgumentException | IOException noGlyph) {
            return Optional.empty();
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
