package io.carillon.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/** What a figure is worth nothing without: where and when it was measured. */
final class Machine {
    private Machine() {}

    static Result describe(PostgresServer server, Options options) {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return new Result("machine", "-", 0)
                .with("date", LocalDate.now().toString())
                .with("processor", processor())
                .with("processors", system.getAvailableProcessors())
                .with("os", system.getName() + " " + system.getArch())
                .with("java", Runtime.version().toString())
                .with("postgresql", server.version())
                .with("load", system.getSystemLoadAverage())
                .with("quick", options.quick());
    }

    private static String processor() {
        try {
            var info = Path.of("/proc/cpuinfo");
            if (Files.exists(info)) {
                return Files.readAllLines(info).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("unknown");
            }
            var sysctl = new ProcessBuilder("sysctl", "-n", "machdep.cpu.brand_string").start();
            try (var output = sysctl.inputReader()) {
                var line = output.readLine();
                return line == null ? "unknown" : line.strip();
            }
        } catch (IOException unknown) {
            return "unknown";
        }
    }
}
