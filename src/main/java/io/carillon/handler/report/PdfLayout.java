package io.carillon.handler.report;

import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.pdmodel.common.PDRectangle;

/** Decides how wide columns are, and breaks texts into lines. */
final class PdfLayout {
    static final float MARGIN = 40;
    static final float SIZE = 9;
    static final float GAP = 8;

    /** A column is as wide as its widest text, which is added up in another way here. */
    private static final float ROUNDING = 0.01f;

    /** More columns are laid on the page's long side. */
    private static final int MAX_UPRIGHT = 6;

    private final PdfFont font;
    private final PDRectangle page;
    private final float[] widths;

    PdfLayout(PdfFont font, Table table) {
        this.font = font;
        var upright = PDRectangle.A4;
        this.page =
                table.columns().size() > MAX_UPRIGHT
                        ? new PDRectangle(upright.getHeight(), upright.getWidth())
                        : upright;
        this.widths = fitted(wanted(table), page.getWidth() - 2 * MARGIN);
    }

    PDRectangle page() {
        return page;
    }

    float width(int column) {
        return widths[column];
    }

    private float[] wanted(Table table) {
        var columns = table.columns();
        float[] wanted = new float[columns.size()];
        for (int column = 0; column < wanted.length; column++) {
            wanted[column] = widest(columns.get(column));
        }
        for (var row : table.rows()) {
            for (int column = 0; column < wanted.length; column++) {
                String text = Table.text(row.path(columns.get(column)));
                wanted[column] = Math.max(wanted[column], widest(text));
            }
        }
        return wanted;
    }

    private float widest(String text) {
        float widest = 0;
        for (String line : text.lines().toList()) {
            widest = Math.max(widest, font.width(font.writable(line), SIZE));
        }
        return widest + GAP;
    }

    /** Narrow columns get what they want; the others share the rest alike. */
    private static float[] fitted(float[] wanted, float available) {
        float[] fitted = wanted.clone();
        var open = new ArrayList<Integer>();
        for (int column = 0; column < wanted.length; column++) {
            open.add(column);
        }
        float left = available;
        boolean hasChanged = true;
        while (hasChanged && !open.isEmpty()) {
            float share = left / open.size();
            hasChanged = false;
            for (var column : List.copyOf(open)) {
                if (wanted[column] <= share) {
                    left -= wanted[column];
                    open.remove(column);
                    hasChanged = true;
                }
            }
        }
        for (int column : open) {
            fitted[column] = left / open.size();
        }
        return fitted;
    }

    /** Breaks a text into lines that fit: at its line breaks and spaces, else anywhere. */
    List<String> lines(String text, float size, float width) {
        var lines = new ArrayList<String>();
        for (String paragraph : text.lines().toList()) {
            String rest = font.writable(paragraph);
            while (!rest.isEmpty()) {
                int end = end(rest, size, width);
                lines.add(PdfFont.visual(rest.substring(0, end).stripTrailing()));
                rest = rest.substring(end).stripLeading();
            }
        }
        return lines;
    }

    /** Returns where a line ends; it has one character at least. */
    private int end(String text, float size, float width) {
        float used = 0;
        int lastSpace = 0;
        int index = 0;
        while (index < text.length()) {
            int point = text.codePointAt(index);
            int next = index + Character.charCount(point);
            used += font.width(text.substring(index, next), size);
            if (used > width + ROUNDING && index > 0) {
                return lastSpace > 0 ? lastSpace : index;
            }
            if (point == ' ') {
                lastSpace = next;
            }
            index = next;
        }
        return index;
    }
}
