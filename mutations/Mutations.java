import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Compiles each changed class into {@code target/classes}, runs the tests of the change, and puts the class back. */
final class Mutations {
    private static final Path SOURCES = Path.of("src/main/java/io/carillon");
    private static final Path CLASSES = Path.of("target/classes");
    /** Tests that do not end have noticed it. */
    private static final int LONGEST_MINUTES = 5;

    private static final Path LOGS = Path.of("target/mutations");
    private static final Pattern CHANGE =
            Pattern.compile("(?ms)^== (?<name>[^\n]+)\n(?<file>[^\n]+)\n(?<tests>[^\n]+)\n- (?<from>.*?)\n\\+ (?<to>.*?)(?=\n\n|\n?\\z)");

    private record Change(String name, Path file, String tests, String from, String to) {
        String changed() throws IOException {
            String source = Files.readString(file);
            if (source.split(Pattern.quote(from), -1).length != 2) {
                throw new IllegalStateException("'%s': this text must be once in %s:%n%s".formatted(name, file, from));
            }
            return source.replace(from, to);
        }
    }

    private Mutations() {}

    public static void main(String[] words) throws Exception {
        var changes = changes(String.join(" ", words));
        for (var change : changes) {
            change.changed();
        }
        Files.createDirectories(LOGS);
        var green = new ArrayList<String>();
        for (int index = 0; index < changes.size(); index++) {
            var change = changes.get(index);
            boolean isRed = isRed(change, LOGS.resolve(index + ".log").toAbsolutePath());
            System.out.printf("%-6s %2d  %s%n", isRed ? "red" : "GREEN", index, change.name);
            if (!isRed) {
                green.add(change.name);
            }
        }
        System.out.printf("%d of %d changes were noticed%n", changes.size() - green.size(), changes.size());
        System.exit(green.isEmpty() ? 0 : 1);
    }

    private static List<Change> changes(String words) throws IOException {
        var found = CHANGE.matcher(Files.readString(Path.of("mutations/changes.txt")));
        return found.results()
                .map(each -> new Change(each.group("name"), SOURCES.resolve(each.group("file")), each.group("tests"),
                        each.group("from"), each.group("to")))
                .filter(each -> each.name.contains(words))
                .toList();
    }

    /** Red is a test that failed: what does not compile, or runs no test, ends the run. */
    private static boolean isRed(Change change, Path log) throws Exception {
        var kept = Files.createTempDirectory("mutations");
        var changed = Files.createDirectories(kept.resolve("source")).resolve(change.file.getFileName());
        Files.writeString(changed, change.changed());
        var users = usersOf(change.file);
        copyClasses(change.file, CLASSES, kept.resolve("classes"));
        for (var user : users) {
            copyClasses(user, CLASSES, kept.resolve("classes"));
        }
        try {
            var arguments = new ArrayList<>(List.of("-proc:none", "-parameters", "-nowarn",
                    "-cp", CLASSES + ":" + Files.readString(Path.of("target/mutations.classpath")),
                    "-d", CLASSES.toString(), changed.toString()));
            users.forEach(user -> arguments.add(user.toString()));
            int compiled = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
            if (compiled != 0) {
                throw new IllegalStateException("'" + change.name + "' does not compile");
            }
            var tests = new ProcessBuilder("./mvnw", "-B", "-ntp", "surefire:test", "-Dtest=" + change.tests)
                    .redirectErrorStream(true).redirectOutput(log.toFile()).start();
            if (!tests.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                tests.descendants().forEach(ProcessHandle::destroyForcibly);
                tests.destroyForcibly().waitFor();
                return true;
            }
            String output = Files.readString(log);
            if (!output.contains("Tests run:")) {
                throw new IllegalStateException("'" + change.name + "' ran no test: see " + log);
            }
            return tests.exitValue() != 0;
        } finally {
            copyClasses(change.file, kept.resolve("classes"), CLASSES);
            for (var user : users) {
                copyClasses(user, kept.resolve("classes"), CLASSES);
            }
        }
    }

    /** The files of its room that name a class: they have copies of its constants, such as statements. */
    private static List<Path> usersOf(Path source) throws IOException {
        String name = source.getFileName().toString().replace(".java", "");
        var users = new ArrayList<Path>();
        try (Stream<Path> files = Files.list(source.getParent())) {
            for (var file : files.filter(each -> each.toString().endsWith(".java") && !each.equals(source)).toList()) {
                if (!file.endsWith("package-info.java") && Files.readString(file).contains(name + ".")) {
                    users.add(file);
                }
            }
        }
        return users;
    }

    /** Copies the classes of a source file, nested ones included. */
    private static void copyClasses(Path source, Path from, Path to) throws IOException {
        var inside = SOURCES.getParent().getParent().relativize(source.getParent());
        String name = source.getFileName().toString().replace(".java", "");
        Files.createDirectories(to.resolve(inside));
        try (Stream<Path> files = Files.list(from.resolve(inside))) {
            for (var file : files.filter(each -> each.getFileName().toString().matches(Pattern.quote(name) + "(\\$.*)?\\.class")).toList()) {
                Files.copy(file, to.resolve(inside).resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
