package io.carillon.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs a suite, such as {@code ./bench/run firing}. A new suite is another entry of {@link
 * #SUITES}. The exit code is 0 when every case was measured, 1 when one could not be, 2 for a wrong
 * command line.
 */
final class Bench {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private static final Map<String, List<BenchCase>> SUITES =
            Map.of(
                    "firing",
                    List.of(new HerdCase(), new SteadyCase(), new ScaleCase(), new CreationCase()),
                    "executions",
                    executions(new WorkSystems()),
                    "api",
                    List.of(new ApiCase(), new KeysCase()),
                    "calls",
                    List.of(new CallsCase()),
                    "remote",
                    List.of(new RemoteCase()),
                    "listings",
                    List.of(new ListingsCase()),
                    "events",
                    List.of(new EventsCase()));

    private Bench() {}

    public static void main(String[] arguments) {
        System.exit(exitCode(arguments));
    }

    private static int exitCode(String[] arguments) {
        Options options;
        List<BenchCase> cases;
        try {
            options = Options.of(Arrays.asList(arguments));
            cases = casesOf(options);
        } catch (BenchFailure failure) {
            System.err.println("bench: " + failure.getMessage());
            return 2;
        }
        long startNanos = System.nanoTime();
        try {
            run(options, cases);
            Results.say("took %d s", Duration.ofNanos(System.nanoTime() - startNanos).toSeconds());
            return 0;
        } catch (BenchFailure failure) {
            System.err.println("bench: FAILED: " + failure.getMessage());
            return 1;
        } catch (IOException | RuntimeException failure) {
            failure.printStackTrace();
            return 1;
        }
    }

    private static List<BenchCase> executions(WorkSystems systems) {
        return List.of(
                new DrainCase(systems),
                new EndToEndCase(systems),
                new FiredCase(systems),
                new StartLatencyCase(systems),
                new DepthCase(systems),
                new PinnedCase(systems),
                new NamespacesCase(systems));
    }

    private static List<BenchCase> casesOf(Options options) {
        var suite = SUITES.get(options.suite());
        if (suite == null) {
            throw new BenchFailure(
                    "no suite '"
                            + options.suite()
                            + "', but "
                            + SUITES.keySet()
                            + "\n"
                            + Options.USAGE);
        }
        var cases = suite.stream().filter(each -> options.wantsCase(each.name())).toList();
        if (cases.isEmpty()) {
            throw new BenchFailure("no such case\n" + Options.USAGE);
        }
        return cases;
    }

    private static void run(Options options, List<BenchCase> cases) throws IOException {
        var root = Path.of(System.getProperty("bench.root", ".")).toAbsolutePath().normalize();
        String stamp = LocalDateTime.now().format(STAMP);
        var target = root.resolve("bench/target");
        var logs = Files.createDirectories(target.resolve("logs-" + stamp));
        var sizes = options.quick() ? Sizes.QUICK : Sizes.FULL;
        var results = new Results(target.resolve("results-" + stamp + ".jsonl"));
        var processes = new Processes(logs);
        var server = PostgresServer.start(target.resolve("postgres-" + stamp));
        var isClosed = new AtomicBoolean();
        Runnable close =
                () -> {
                    if (!isClosed.getAndSet(true)) {
                        processes.close();
                        server.close();
                    }
                };
        var atExit = Thread.ofPlatform().name("bench-close").unstarted(close);
        Runtime.getRuntime().addShutdownHook(atExit);
        giveUpAfter(sizes.deadline());
        try {
            var rig = new Rig(root, options, sizes, server, processes, results);
            results.add(Machine.describe(server, options));
            for (var each : cases) {
                Results.say("case %s", each.name());
                each.run(rig);
            }
            System.out.print(Report.of(results.all()));
            Results.say("results in %s, logs in %s", results.file(), logs);
        } finally {
            close.run();
        }
    }

    private static void giveUpAfter(Duration deadline) {
        Thread.ofPlatform()
                .name("bench-deadline")
                .daemon()
                .start(
                        () -> {
                            Await.pause(deadline);
                            System.err.printf("bench: FAILED: not done after %s%n", deadline);
                            System.exit(1);
                        });
    }
}
