package io.carillon.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes what was done and found as Markdown. */
final class Report {
    private static final int SHOWN = 10;

    private Report() {}

    static String of(
            Map<Fault, Integer> faults, Notes notes, Ledger ledger, List<Finding> findings) {
        var submissions = notes.submissions();
        var calls = notes.calls();
        var lines = new ArrayList<String>();
        lines.add("| fault | times |");
        lines.add("|---|---:|");
        faults.forEach((fault, count) -> lines.add("| %s | %d |".formatted(fault.label(), count)));
        lines.add(
                "| all | %d |"
                        .formatted(faults.values().stream().mapToInt(Integer::intValue).sum()));
        lines.add("");
        lines.add(
                "%d jobs; %d executions: %s; %d submissions: %s; %d calls of %d executions"
                        .formatted(
                                ledger.jobs().size(),
                                ledger.executions().size(),
                                ledger.executions().stream()
                                        .collect(
                                                Collectors.groupingBy(
                                                        Ledger.Execution::state,
                                                        TreeMap::new,
                                                        Collectors.counting())),
                                submissions.size(),
                                submissions.stream()
                                        .collect(
                                                Collectors.groupingBy(
                                                        Submission::answer,
                                                        TreeMap::new,
                                                        Collectors.counting())),
                                calls.size(),
                                calls.stream().map(Call::executionId).distinct().count()));
        lines.add("");
        lines.add("| invariant | deviations |");
        lines.add("|---|---:|");
        var byInvariant =
                findings.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Finding::invariant,
                                        () -> new EnumMap<>(Invariant.class),
                                        Collectors.toList()));
        for (var invariant : Invariant.values()) {
            lines.add(
                    "| %s: %s | %d |"
                            .formatted(
                                    invariant,
                                    invariant.sentence(),
                                    byInvariant.getOrDefault(invariant, List.of()).size()));
        }
        byInvariant.forEach(
                (invariant, its) -> {
                    lines.add("");
                    its.stream()
                            .limit(SHOWN)
                            .forEach(each -> lines.add(invariant + ": " + each.what()));
                    if (its.size() > SHOWN) {
                        lines.add("%s: and %d more".formatted(invariant, its.size() - SHOWN));
                    }
                });
        return String.join("\n", lines) + "\n";
    }
}
