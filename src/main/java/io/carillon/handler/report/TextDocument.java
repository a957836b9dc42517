package io.carillon.handler.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes aligned columns, numbers to the right. Control characters become spaces, so that a row is
 * a line and no value commands a terminal.
 */
final class TextDocument {
    /** A longer value is written in full, and moves the rest of its row alone. */
    private static final int MAX_ALIGNED = 60;

    private static final String GAP = "  ";

    /** Holds a column: its cells, whether all are numbers, and how wide it is. */
    private record Column(List<String> cells, boolean isNumeric, int width) {}

    private TextDocument() {}

    static String of(Report report) {
        var table = report.table();
        var columns = new ArrayList<Column>();
        for (String name : table.columns()) {
            columns.add(column(name, table));
        }
        var text = new StringBuilder();
        text.append(line(report.title())).append('\n').append(report.subtitle()).append("\n\n");
        for (int row = 0; row <= table.rows().size(); row++) {
            append(text, columns, row);
            if (row == 0) {
                var rules = columns.stream().map(each -> "-".repeat(each.width)).toList();
                text.append(String.join(GAP, rules)).append('\n');
            }
        }
        return text.toString();
    }

    private static Column column(String name, Table table) {
        var cells = new ArrayList<String>();
        cells.add(line(name));
        boolean isNumeric = true;
        for (var row : table.rows()) {
            JsonNode value = row.path(name);
            isNumeric &= value.isNumber() || value.isNull();
            cells.add(line(Table.text(value)));
        }
        int width =
                cells.stream()
                        .mapToInt(TextDocument::width)
                        .filter(each -> each <= MAX_ALIGNED)
                        .max()
                        .orElse(MAX_ALIGNED);
        return new Column(cells, isNumeric, width);
    }

    private static void append(StringBuilder text, List<Column> columns, int row) {
        var line = new StringBuilder();
        for (var column : columns) {
            String cell = column.cells.get(row);
            String padding = " ".repeat(Math.max(0, column.width - width(cell)));
            line.append(column.isNumeric ? padding + cell : cell + padding).append(GAP);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static String line(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]", " ");
    }

    /** How many columns of a terminal a text takes. */
    private static int width(String text) {
        return text.codePoints().map(TextDocument::width).sum();
    }

    private static int width(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> isWide(point) ? 2 : 1;
        };
    }

    private static boolean isWide(int point) {
        return switch (Character.UnicodeScript.of(point)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL -> true;
            default -> Character.isEmojiPresentation(point);
        };
    }
}
