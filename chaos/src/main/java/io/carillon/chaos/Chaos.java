package io.carillon.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One run: load and faults, calm, check. The exit code is 0 if all invariants held, 1 if one did
 * not, 2 if the run itself could not be made.
 */
final class Chaos {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
    private static final Duration BEFORE_FIRST_INSTANT = Duration.ofSeconds(15);
    private static final Duration QUIET_TIMEOUT = Duration.ofMinutes(5);

    private Chaos() {}

    public static void main(String[] arguments) {
        System.exit(exitCode(arguments));
    }

    private static int exitCode(String[] arguments) {
        Options options;
        try {
            options = Options.of(Arrays.asList(arguments));
        } catch (ChaosFailure failure) {
            System.err.println("chaos: " + failure.getMessage());
            return 2;
        }
        if (options.faults().contains(Fault.CLOCK) && !Faults.isFaketimeInstalled()) {
            System.out.println("chaos: no clock is shifted: there is no faketime");
            options.faults().remove(Fault.CLOCK);
        }
        if (options.faults().isEmpty()) {
            System.err.println("chaos: no fault is left");
            return 2;
        }
        System.out.printf("chaos: seed %d: %s%n", options.seed(), options.command());
        try {
            boolean isRight = run(options);
            System.out.printf(
                    "chaos: %s; again: %s%n",
                    isRight ? "all invariants held" : "DEVIATIONS", options.command());
            return isRight ? 0 : 1;
        } catch (IOException | SQLException | RuntimeException failure) {
            failure.printStackTrace();
            System.err.println("chaos: the run failed; again: " + options.command());
            return 2;
        }
    }

    private static boolean run(Options options) throws IOException, SQLException {
        var root = Path.of(System.getProperty("chaos.root", ".")).toAbsolutePath().normalize();
        var folder =
                Files.createDirectories(
                        root.resolve("chaos/target/run-" + LocalDateTime.now().format(STAMP)));
        var cluster = new Cluster(root, folder, options.replicas());
        var isClosed = new AtomicBoolean();
        Runnable close =
                () -> {
                    if (!isClosed.getAndSet(true)) {
                        cluster.close();
                    }
                };
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(close));
        boolean isRight;
        try {
            cluster.start();
            isRight = check(options, cluster);
        } finally {
            close.run();
        }
        if (isRight) {
            cluster.removeData();
        }
        System.out.printf("chaos: logs%s in %s%n", isRight ? "" : " and data", folder);
        return isRight;
    }

    private static boolean check(Options options, Cluster cluster) throws SQLException {
        var startAt = Instant.now().plus(BEFORE_FIRST_INSTANT).truncatedTo(ChronoUnit.SECONDS);
        var endAt = startAt.plus(options.duration()).truncatedTo(ChronoUnit.SECONDS);
        var load = new Load(cluster, options.seed(), startAt, endAt);
        load.begin();
        var faults = new Faults(cluster, options.seed(), options.faults());
        var loading = CompletableFuture.runAsync(load::run);
        faults.inflictUntil(endAt);
        loading.join();

        System.out.println("chaos: calm");
        cluster.awaitReady();
        boolean isQuiet = Await.until(QUIET_TIMEOUT, () -> isQuiet(cluster));
        System.out.println("chaos: the queue is " + (isQuiet ? "empty" : "not empty"));
        for (var replica : cluster.replicas()) {
            System.out.printf(
                    "chaos: %s ended by itself %d times; its log has %d errors%n",
                    replica.name(), replica.ended(), replica.errors().size());
        }
        var notes =
                new Notes(
                        load.plans(),
                        load.submissions(),
                        cluster.target().calls(),
                        faults.unreadable(),
                        faults.strangers(),
                        cluster.unready());
        Ledger ledger;
        try (var connection = cluster.connect()) {
            ledger = Ledger.read(connection);
        }
        var findings = new Checker(notes, ledger).check();
        System.out.print("\n" + Report.of(faults.counts(), notes, ledger, findings));
        return findings.isEmpty();
    }

    private static boolean isQuiet(Cluster cluster) {
        try (var connection = cluster.connect()) {
            return Ledger.isQuiet(connection);
        } catch (SQLException notYet) {
            return false;
        }
    }
}
