package io.carillon.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Packages of npm that tests compare with or talk to, where there is an npm. */
public final class Npm {
    private Npm() {}

    /** Whether there is a Node.js of this major version or a later one. */
    public static boolean nodeIs(int major) throws InterruptedException {
        try {
            var node = new ProcessBuilder("node", "--version").redirectErrorStream(true).start();
            String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var version = Pattern.compile("^v(\\d+)\\.").matcher(said);
            return node.waitFor() == 0
                    && version.find()
                    && Integer.parseInt(version.group(1)) >= major;
        } catch (IOException noNode) {
            return false;
        }
    }

    /**
     * Installs packages into a folder, which is made; quick if they are there already.
     *
     * @param named with their versions: {@code croner@10.0.1}; none: what the folder's {@code
     *     package.json} names
     * @return false if there is no npm, or it cannot
     */
    public static boolean install(Path folder, String... named) throws InterruptedException {
        try {
            Files.createDirectories(folder);
            var command =
                    new ArrayList<>(
                            List.of(
                                    "npm",
                                    "install",
                                    "--no-audit",
                                    "--no-fund",
                                    "--no-package-lock",
                                    "--ignore-scripts",
                                    "--prefer-offline",
                                    "--fetch-retries=0",
                                    "--fetch-timeout=10000",
                                    "--prefix",
                                    "."));
            command.addAll(List.of(named));
            var install =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("npm.log").toFile())
                            .start();
            if (install.waitFor(2, TimeUnit.MINUTES)) {
                return install.exitValue() == 0;
            }
            install.destroyForcibly();
            return false;
        } catch (IOException noNpm) {
            return false;
        }
    }
}
