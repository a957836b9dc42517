package io.carillon.handler.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/**
 * Writes CSV by RFC 4180, with a header. No value is empty, an empty text is {@code ""}.
 *
 * <p>Spreadsheets run a text that begins with one of a few characters as a formula, and a row may
 * hold what a stranger has typed. So {@code '} is put before such a text, unless it is a number, as
 * OWASP recommends against CSV injection.
 */
final class CsvDocument {
    private static final String END = "\r\n";
    private static final Pattern FORMULA = Pattern.compile("[=+\\-@\\t\\r\\n＝＋－＠]");
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d+)?");
    private static final Pattern QUOTED = Pattern.compile("[\",\\r\\n]");

    private final boolean keepsFormulas;

    CsvDocument(boolean keepsFormulas) {
        this.keepsFormulas = keepsFormulas;
    }

    String of(Table table) {
        var csv = new StringBuilder();
        String comma = "";
        for (String column : table.columns()) {
            csv.append(comma).append(text(column));
            comma = ",";
        }
        csv.append(END);
        for (var row : table.rows()) {
            comma = "";
            for (var value : table.values(row)) {
                csv.append(comma).append(cell(value));
                comma = ",";
            }
            csv.append(END);
        }
        return csv.toString();
    }

    private String cell(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        return value.isNumber() || value.isBoolean() ? Table.text(value) : text(Table.text(value));
    }

    private String text(String value) {
        boolean isFormula =
                !keepsFormulas
                        && FORMULA.matcher(value).lookingAt()
                        && !NUMBER.matcher(value).matches();
        String text = isFormula ? "'" + value : value;
        return text.isEmpty() || QUOTED.matcher(text).find()
                ? '"' + text.replace("\"", "\"\"") + '"'
                : text;
    }
}
