package io.carillon.chaos;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The command line.
 *
 * @param faults those that may be inflicted
 */
record Options(long seed, Duration duration, Set<Fault> faults, int replicas) {
    static final String USAGE =
            """
            usage: chaos/run [--seed N] [--minutes M] [--faults a,b] [--replicas N]

              --seed      repeats the faults and the load of the run that printed it; default: a new one
              --minutes   of load and faults, fractions too; default 10. A minute or two of calm follow
              --faults    only these; default: all of %s
              --replicas  1 to 9; default 3
            """
                    .formatted(Fault.names(EnumSet.allOf(Fault.class)));

    static Options of(List<String> arguments) {
        long seed = RandomGenerator.getDefault().nextLong(1_000_000);
        double minutes = 10;
        Set<Fault> faults = EnumSet.allOf(Fault.class);
        int replicas = 3;
        var left = arguments.iterator();
        while (left.hasNext()) {
            String argument = left.next();
            String value = left.hasNext() ? left.next() : "";
            try {
                switch (argument) {
                    case "--seed" -> seed = Long.parseLong(value);
                    case "--minutes" -> minutes = Double.parseDouble(value);
                    case "--faults" -> faults = Fault.of(value);
                    case "--replicas" -> replicas = Integer.parseInt(value);
                    default ->
                            throw new ChaosFailure("unknown argument '" + argument + "'\n" + USAGE);
                }
            } catch (IllegalArgumentException failure) {
                throw new ChaosFailure(argument + " cannot be '" + value + "'\n" + USAGE, failure);
            }
        }
        if (replicas < 1 || replicas > 9 || !(minutes > 0 && minutes <= 1440)) {
            throw new ChaosFailure(USAGE);
        }
        return new Options(seed, Duration.ofMillis((long) (minutes * 60_000)), faults, replicas);
    }

    /** The command that repeats this run. */
    String command() {
        return "./chaos/run --seed %d --minutes %s --replicas %d --faults %s"
                .formatted(seed, duration.toMillis() / 60_000.0, replicas, Fault.names(faults));
    }
}
