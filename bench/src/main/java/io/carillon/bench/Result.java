package io.carillon.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** One measured figure with what belongs to it, in the order it was put. */
final class Result {
    private final Map<String, Object> values = new LinkedHashMap<>();

    Result(String benchCase, String system, int replicas) {
        with("case", benchCase).with("system", system).with("replicas", replicas);
    }

    Result with(String key, String value) {
        values.put(key, value);
        return this;
    }

    Result with(String key, boolean value) {
        values.put(key, value);
        return this;
    }

    Result with(String key, long value) {
        values.put(key, value);
        return this;
    }

    /** Kept to four significant digits or whole numbers. */
    Result with(String key, double value) {
        double digits = Math.max(0, 3 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
        double factor = Math.pow(10, Math.min(digits, 6));
        values.put(key, Math.round(value * factor) / factor);
        return this;
    }

    Result withCost(Meter.Cost cost, long per, String unit) {
        return with("statementsPer" + unit, (double) cost.statements() / per)
                .with("commitsPer" + unit, (double) cost.commits() / per)
                .with("walBytesPer" + unit, (double) cost.walBytes() / per)
                .with("databaseMicrosPer" + unit, (double) cost.micros() / per);
    }

    String text(String key) {
        var value = values.get(key);
        return switch (value) {
            case null -> "";
            case Double number when number == Math.rint(number) && number < 1e15 ->
                    Long.toString(number.longValue());
            default -> value.toString();
        };
    }

    boolean is(String key, Object value) {
        return value.equals(values.get(key));
    }

    /** Zero when it is absent. */
    double number(String key) {
        return values.get(key) instanceof Number number ? number.doubleValue() : 0;
    }

    /** Keys and values are names and numbers of the bench: nothing in them needs escaping. */
    String toJson() {
        return values.keySet().stream()
                .map(
                        key ->
                                values.get(key) instanceof String text
                                        ? "\"%s\":\"%s\"".formatted(key, text)
                                        : "\"%s\":%s".formatted(key, text(key)))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
