package io.carillon.handler.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds the rows of a report: objects with the columns as members.
 *
 * @param isComplete false: there are more rows than the limits allow
 */
public record Table(List<String> columns, ArrayNode rows, boolean isComplete) {
    /** A value as a reader sees it. */
    public record Cell(String text, boolean isNumber) {}

    /** Returns a value as a reader sees it; null is empty, JSON is as written. */
    static String text(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        if (value.isBigDecimal()) {
            return value.decimalValue().toPlainString();
        }
        return value.isContainerNode() ? value.toString() : value.asText();
    }

    /** Returns the values of a row in the order of the columns. */
    List<JsonNode> values(JsonNode row) {
        return columns.stream().map(row::path).toList();
    }

    /** Returns the rows as a reader sees them. */
    public List<List<Cell>> cells() {
        var cells = new ArrayList<List<Cell>>();
        for (var row : rows) {
            cells.add(
                    values(row).stream()
                            .map(each -> new Cell(text(each), each.isNumber()))
                            .toList());
        }
        return cells;
    }

    /** Says how many rows there are, and whether there are more. */
    String size() {
        return "%s%d %s"
                .formatted(
                        isComplete ? "" : "Only the first ",
                        rows.size(),
                        rows.size() == 1 ? "row" : "rows");
    }
}
