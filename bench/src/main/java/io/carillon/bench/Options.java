package io.carillon.bench;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The command line.
 *
 * @param cases those to run; empty: all
 * @param systems those to measure; empty: all
 * @param statements whether each result is followed by the statements that took longest
 */
record Options(
        String suite, boolean quick, boolean statements, Set<String> cases, Set<String> systems) {
    static final String USAGE =
            """
            usage: bench/run <suite> [--quick] [--cases a,b] [--systems a,b] [--statements]

              suites:       firing, executions, calls, api, remote, listings, events; bench/run schedule takes JMH's options instead
              --quick       small sizes, under four minutes
              --cases       of firing: herd, steady, scale, creation
                            of executions: drain, end-to-end, fired, start-latency, depth, pinned, namespaces
              --systems     of firing: carillon, quartz-default, quartz-tuned
                            of executions: carillon, db-scheduler, jobrunr
              --statements  after each result, the statements that took PostgreSQL longest
            """;

    static Options of(List<String> arguments) {
        String suite = "";
        boolean quick = false;
        boolean statements = false;
        Set<String> cases = Set.of();
        Set<String> systems = Set.of();
        var left = arguments.iterator();
        while (left.hasNext()) {
            String argument = left.next();
            switch (argument) {
                case "--quick" -> quick = true;
                case "--statements" -> statements = true;
                case "--cases" -> cases = names(argument, left.hasNext() ? left.next() : "");
                case "--systems" -> systems = names(argument, left.hasNext() ? left.next() : "");
                default -> {
                    if (argument.startsWith("-") || !suite.isEmpty()) {
                        throw new BenchFailure("unknown argument '" + argument + "'\n" + USAGE);
                    }
                    suite = argument;
                }
            }
        }
        if (suite.isEmpty()) {
            throw new BenchFailure("no suite named\n" + USAGE);
        }
        return new Options(suite, quick, statements, cases, systems);
    }

    boolean wantsCase(String name) {
        return cases.isEmpty() || cases.contains(name);
    }

    boolean wantsSystem(String name) {
        return systems.isEmpty() || systems.contains(name);
    }

    private static Set<String> names(String option, String value) {
        if (value.isEmpty()) {
            throw new BenchFailure(option + " needs a list of names\n" + USAGE);
        }
        return new HashSet<>(Arrays.asList(value.split(",")));
    }
}
