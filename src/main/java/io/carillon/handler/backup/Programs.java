package io.carillon.handler.backup;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds PostgreSQL's own programs on this machine. */
@ApplicationScoped
class Programs {
    static final String DUMP = "pg_dump";
    static final String RESTORE = "pg_restore";

    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    private final List<Path> folders;

    @Inject
    Programs(ProgramsConfig config) {
        this(config.pgBin().map(Path::of).map(List::of).orElseGet(Programs::foldersOfPath));
    }

    Programs(List<Path> folders) {
        this.folders = folders;
    }

    private static List<Path> foldersOfPath() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator))
                .filter(each -> !each.isEmpty())
                .map(Path::of)
                .toList();
    }

    /** Explains in a sentence which program is not here; empty if all are. */
    Optional<String> lack() {
        return Stream.of(DUMP, RESTORE)
                .filter(each -> find(each).isEmpty())
                .findFirst()
                .map(
                        each ->
                                "there is no %s here, neither on the PATH nor in carillon.backup.pg-bin: install PostgreSQL's client"
                                        .formatted(each));
    }

    private Optional<Path> find(String program) {
        return folders.stream()
                .map(each -> each.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts one that is not lacked.
     *
     * @param environment by which it opens a database
     */
    Program start(String program, Map<String, String> environment, String... arguments)
            throws IOException {
        return Program.start(find(program).orElseThrow(), environment, arguments);
    }

    /** Returns the major version of PostgreSQL that a program that is not lacked comes from. */
    int version(String program) throws IOException, InterruptedException {
        var told = new ByteArrayOutputStream();
        try (var running = start(program, Map.of(), "--version")) {
            running.copyTo(told);
        }
        var version = VERSION.matcher(told.toString(StandardCharsets.UTF_8));
        if (!version.find()) {
            throw new IOException(program + " does not tell its version");
        }
        return Integer.parseInt(version.group(1));
    }
}
