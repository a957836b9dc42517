package io.carillon.handler.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.datasource.Datasources;
import io.carillon.handler.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;

/**
 * A dump of a database by pg_dump. It is written without compression of its own: the file's follows
 * it.
 */
final class DumpSource implements Source {
    /** Long lines of data are read in parts, of which none is this. */
    private static final int MAX_LINE = 1 << 13;

    private static final String LAST_LINE = "-- PostgreSQL database dump complete";

    private final Datasources datasources;
    private final Programs programs;
    private final String datasource;
    private final boolean isPlain;
    private int serverVersion;

    DumpSource(Datasources datasources, Programs programs, String datasource, boolean isPlain) {
        this.datasources = datasources;
        this.programs = programs;
        this.datasource = datasource;
        this.isPlain = isPlain;
    }

    @Override
    public String suffix() {
        return isPlain ? ".sql" : ".dump";
    }

    @Override
    public void writeTo(OutputStream out)
            throws BackupException, IOException, InterruptedException {
        checkVersion();
        var environment = datasources.environment(datasource);
        try (var dump =
                isPlain
                        ? programs.start(
                                Programs.DUMP, environment, "--no-password", "--format=plain")
                        : programs.start(
                                Programs.DUMP,
                                environment,
                                "--no-password",
                                "--format=custom",
                                "--compress=0")) {
            dump.copyTo(out);
            String failure = dump.failure();
            if (failure != null) {
                throw new BackupException("BACKUP_DUMP", failure);
            }
        }
    }

    /** pg_dump refuses a server newer than itself; a code of its own tells what to do. */
    private void checkVersion() throws BackupException, IOException, InterruptedException {
        var lack = programs.lack();
        if (lack.isPresent()) {
            throw new BackupException("BACKUP_TOOL_MISSING", lack.get());
        }
        int version = programs.version(Programs.DUMP);
        try {
            serverVersion = datasources.serverVersion(datasource);
        } catch (SQLException failure) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw new BackupException(
                    "SQL_CONNECT",
                    "no session with the datasource %s: %s"
                            .formatted(datasource, failure.getMessage()));
        }
        if (version < serverVersion) {
            throw new BackupException(
                    Outcome.failure(
                                    "BACKUP_TOOL_TOO_OLD",
                                    "pg_dump here is of PostgreSQL %d, the server of the datasource %s is %d"
                                            .formatted(version, datasource, serverVersion))
                            .notRetryable());
        }
    }

    /** Has pg_restore read all of it, or looks for pg_dump's last line. */
    @Override
    public void verify(InputStream in) throws IOException, InterruptedException {
        if (isPlain) {
            verifyPlain(in);
            return;
        }
        try (var restore = programs.start(Programs.RESTORE, Map.of(), "--file=/dev/null")) {
            restore.feed(in);
            String failure = restore.failure();
            if (failure != null) {
                throw new IOException(failure);
            }
        }
    }

    private static void verifyPlain(InputStream in) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
        var line = new StringBuilder();
        boolean isComplete = false;
        for (int each = lines.read(); each >= 0; each = lines.read()) {
            if (each == '\n') {
                isComplete |= LAST_LINE.contentEquals(line);
                line.setLength(0);
            } else if (line.length() < MAX_LINE) {
                line.append((char) each);
            }
        }
        if (!isComplete) {
            throw new IOException("the last line of pg_dump is missing");
        }
    }

    @Override
    public void describe(ObjectNode result) {
        result.put("serverVersion", serverVersion);
    }
}
