package io.carillon.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The PostgreSQL that this machine has, of the same version as its pg_dump: the one of the other
 * tests may be newer, and has no pg_dump. It asks for a password, and is the datasource {@code
 * system} while it runs.
 */
public final class SystemPostgresql implements AutoCloseable {
    public static final String PASSWORD = "t0p s&cret";

    private static final int PORT = port();

    private final Path bin;
    private final Path data;

    private SystemPostgresql(Path bin, Path data) {
        this.bin = bin;
        this.data = data;
    }

    /** Where a database of it is, whether it runs or not. */
    public static String url(String database) {
        return "jdbc:postgresql://localhost:%d/%s?user=backup&password=t0p%%20s%%26cret"
                .formatted(PORT, database);
    }

    /** By which its own programs open a session. */
    public static Map<String, String> environment() {
        return Map.of(
                "PGHOST",
                "localhost",
                "PGPORT",
                Integer.toString(PORT),
                "PGUSER",
                "backup",
                "PGPASSWORD",
                PASSWORD);
    }

    /** The folder of its programs, if this machine has a server and a pg_dump. */
    public static Optional<Path> bin() {
        try (var found = Files.newDirectoryStream(Path.of("/usr/lib/postgresql"), "[0-9]*")) {
            var folders = new ArrayList<Path>();
            found.forEach(each -> folders.add(each.resolve("bin")));
            return folders.stream()
                    .filter(each -> Files.isExecutable(each.resolve("initdb")))
                    .filter(each -> Files.isExecutable(each.resolve("pg_dump")))
                    .max(
                            Comparator.comparing(
                                    each ->
                                            Integer.parseInt(
                                                    each.getName(each.getNameCount() - 2)
                                                            .toString())));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    public static SystemPostgresql start(Path bin) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("carillon-postgresql");
        var server = new SystemPostgresql(bin, folder.resolve("data"));
        var password = Files.writeString(folder.resolve("password"), PASSWORD);
        server.run(
                "initdb",
                "--username=backup",
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        server.run(
                "pg_ctl",
                "--wait",
                "--log=" + folder.resolve("log"),
                "--options=-p %d -c fsync=off -c listen_addresses=localhost -c unix_socket_directories=''"
                        .formatted(PORT),
                "start");
        return server;
    }

    private void run(String program, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            // PostgreSQL does not run as root; in a user namespace of its own it is nobody.
            command.addAll(List.of("unshare", "--user"));
        }
        command.addAll(List.of(bin.resolve(program).toString(), "--pgdata=" + data));
        command.addAll(List.of(arguments));
        var said = data.resolveSibling("said");
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(command + ": " + Files.readString(said));
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("pg_ctl", "--wait", "--mode=immediate", "stop");
        try (var all = Files.walk(data.getParent())) {
            for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** Of the process: the classes of tests are loaded by more than one loader. */
    private static int port() {
        var kept =
                System.getProperties()
                        .computeIfAbsent("system-postgresql.port", _ -> "" + FreePort.find());
        return Integer.parseInt(kept.toString());
    }
}
