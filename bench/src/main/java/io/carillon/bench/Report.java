package io.carillon.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/** The results as a table, and Carillon's in proportion to the others'. */
final class Report {
    private static final List<String> COLUMNS =
            List.of(
                    "case",
                    "system",
                    "replicas",
                    "setting",
                    "jobs",
                    "fired",
                    "queued",
                    "executions",
                    "executed",
                    "askedPerSecond",
                    "perSecondBefore",
                    "perSecond",
                    "perSecondLast",
                    "lostPercent",
                    "submittedPerSecond",
                    "pickUpMs",
                    "minMs",
                    "p50Ms",
                    "p99Ms",
                    "maxMs",
                    "doneP99Ms",
                    "microsPerFiring",
                    "claimMicrosPerExecution",
                    "relativeToSmallest",
                    "relativeToQueues",
                    "processorMicrosPerRequest",
                    "relativeToNoKeys",
                    "residentMiB",
                    "statementsPerFiring",
                    "commitsPerFiring",
                    "walBytesPerFiring",
                    "databaseMicrosPerFiring",
                    "statementsPerExecution",
                    "commitsPerExecution",
                    "walBytesPerExecution",
                    "databaseMicrosPerExecution",
                    "statementsPerRequest",
                    "databaseMicrosPerRequest",
                    "deadTuplesBefore",
                    "deadTuplesAfter",
                    "seconds");

    private static final Set<String> TEXTS = Set.of("case", "system", "setting");

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
            boolean isText = TEXTS.contains(column);
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
        for (var name : List.of("drain", "end-to-end")) {
            for (String other : List.of("db-scheduler", "jobrunr")) {
                for (int replicas : List.of(1, 2)) {
                    workRatio(results, name, other, replicas).ifPresent(lines::add);
                }
            }
        }
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

    private static Optional<String> workRatio(
            List<Result> results, String name, String other, int replicas) {
        var theirs = fastest(results, name, other, replicas);
        return fastest(results, name, "carillon", replicas)
                .flatMap(
                        ours ->
                                theirs.map(
                                        their ->
                                                ("%s, replicas=%d: carillon runs %.2f times what %s"
                                                                + " does, with %.3f of its statements,"
                                                                + " %.3f of its commits and %.2f of its"
                                                                + " WAL bytes per execution")
                                                        .formatted(
                                                                name,
                                                                replicas,
                                                                ratio(ours, their, "perSecond"),
                                                                other,
                                                                ratio(
                                                                        ours,
                                                                        their,
                                                                        "statementsPerExecution"),
                                                                ratio(
                                                                        ours,
                                                                        their,
                                                                        "commitsPerExecution"),
                                                                ratio(
                                                                        ours,
                                                                        their,
                                                                        "walBytesPerExecution"))));
    }

    /** Of all settings that were tried. */
    private static Optional<Result> fastest(
            List<Result> results, String name, String system, int replicas) {
        return results.stream()
                .filter(each -> each.is("case", name) && each.is("system", system))
                .filter(each -> each.number("replicas") == replicas)
                .max(Comparator.comparing(each -> each.number("perSecond")));
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
