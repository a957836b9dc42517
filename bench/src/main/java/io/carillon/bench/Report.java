package io.carillon.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** The results as a table, and Carillon's in proportion to the others'. */
final class Report {
    private static final List<String> COLUMNS =
            List.of(
                    "case",
                    "system",
                    "replicas",
                    "jobs",
                    "fired",
                    "askedPerSecond",
                    "perSecond",
                    "minMs",
                    "p50Ms",
                    "p99Ms",
                    "maxMs",
                    "microsPerFiring",
                    "relativeToSmallest",
                    "residentMiB",
                    "statementsPerFiring",
                    "commitsPerFiring",
                    "walBytesPerFiring",
                    "seconds");

    private Report() {}

    static String of(List<Result> results) {
        var measured = results.stream().filter(each -> !each.is("case", "machine")).toList();
        return System.lineSeparator() + table(measured) + ratios(measured);
    }

    private static String table(List<Result> results) {
        var columns =
                COLUMNS.stream()
                        .filter(column -> results.stream().anyMatch(r -> !r.text(column).isEmpty()))
                        .toList();
        var lines = new ArrayList<StringJoiner>();
        for (int line = 0; line <= results.size(); line++) {
            lines.add(new StringJoiner("  "));
        }
        for (String column : columns) {
            int width =
                    results.stream()
                            .mapToInt(result -> result.text(column).length())
                            .reduce(column.length(), Math::max);
            boolean isText = column.equals("case") || column.equals("system");
            String format = isText ? "%-" + width + "s" : "%" + width + "s";
            lines.getFirst().add(format.formatted(column));
            for (int row = 0; row < results.size(); row++) {
                lines.get(row + 1).add(format.formatted(results.get(row).text(column)));
            }
        }
        return joined(lines);
    }

    private static String ratios(List<Result> results) {
        var lines = new ArrayList<String>();
        for (String other : List.of("quartz-default", "quartz-tuned")) {
            for (int replicas : List.of(1, 3)) {
                var ours = herd(results, "carillon", replicas);
                var theirs = herd(results, other, replicas);
                if (ours.isPresent() && theirs.isPresent()) {
                    lines.add(herdRatio(ours.get(), theirs.get(), other, replicas));
                }
            }
            steadyRatio(results, other).ifPresent(lines::add);
        }
        herd(results, "carillon", 3)
                .flatMap(
                        three ->
                                herd(results, "carillon", 1)
                                        .map(one -> ratio(three, one, "perSecond")))
                .ifPresent(
                        ratio ->
                                lines.add(
                                        "herd, carillon: three replicas fire %.2f times what one does"
                                                .formatted(ratio)));
        return lines.isEmpty() ? "" : System.lineSeparator() + joined(lines);
    }

    private static String herdRatio(Result ours, Result theirs, String other, int replicas) {
        return ("herd, replicas=%d: carillon fires %.1f times what %s does, with %.4f of its"
                        + " statements, %.4f of its commits and %.2f of its WAL bytes per firing")
                .formatted(
                        replicas,
                        ratio(ours, theirs, "perSecond"),
                        other,
                        ratio(ours, theirs, "statementsPerFiring"),
                        ratio(ours, theirs, "commitsPerFiring"),
                        ratio(ours, theirs, "walBytesPerFiring"));
    }

    private static Optional<String> steadyRatio(List<Result> results, String other) {
        var theirs = first(results, "steady", other);
        return first(results, "steady", "carillon")
                .flatMap(
                        ours ->
                                theirs.map(
                                        their ->
                                                ("steady: carillon's p99 at %s a second is %.3f of"
                                                                + " %s's at %s a second")
                                                        .formatted(
                                                                ours.text("askedPerSecond"),
                                                                ratio(ours, their, "p99Ms"),
                                                                other,
                                                                their.text("askedPerSecond"))));
    }

    private static double ratio(Result ours, Result theirs, String key) {
        return ours.number(key) / theirs.number(key);
    }

    private static Optional<Result> herd(List<Result> results, String system, int replicas) {
        return results.stream()
                .filter(each -> each.is("case", "herd") && each.is("system", system))
                .filter(each -> each.number("replicas") == replicas)
                .findFirst();
    }

    private static Optional<Result> first(List<Result> results, String name, String system) {
        return results.stream()
                .filter(each -> each.is("case", name) && each.is("system", system))
                .findFirst();
    }

    private static String joined(List<?> lines) {
        var text = new StringBuilder();
        lines.forEach(line -> text.append(line.toString().stripTrailing()).append('\n'));
        return text.toString();
    }
}
