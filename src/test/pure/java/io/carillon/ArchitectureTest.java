package io.carillon;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.carillon.database.DatabaseClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules between packages. See package-info of each for what it owns. */
@AnalyzeClasses(packages = "io.carillon", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern CHANGE_OF_EXECUTIONS =
            Pattern.compile(
                    "\\b(update|delete\\s+from|truncate)\\s+execution\\b",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern INSERT_OF_EXECUTIONS =
            Pattern.compile("\\binsert\\s+into\\s+execution\\b", Pattern.CASE_INSENSITIVE);
    private static final Set<String> CLOCK_READERS = Set.of("now", "systemUTC", "system");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.carillon.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyFiringKnowsQuartz =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.carillon.firing..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.quartz..", "io.quarkus.quartz..");

    @ArchTest
    static final ArchRule schedulesNeedTheJdkAlone =
            classes()
                    .that()
                    .resideInAPackage("io.carillon.schedule..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("io.carillon.schedule..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule onlyTheDatabaseClockReadsTheWallClock =
            noClasses()
                    .that()
                    .doNotBelongToAnyOf(DatabaseClock.class)
                    .should()
                    .callCodeUnitWhere(
                            target(
                                    describe(
                                            "reads the wall clock",
                                            ArchitectureTest::readsTheWallClock)));

    private static boolean readsTheWallClock(CodeUnitCallTarget called) {
        var owner = called.getOwner();
        if (owner.isEquivalentTo(System.class)) {
            return called.getName().equals("currentTimeMillis");
        }
        if (owner.isEquivalentTo(Date.class)) {
            return called.getName().equals("<init>") && called.getRawParameterTypes().isEmpty();
        }
        boolean ofTime =
                owner.isEquivalentTo(Clock.class) || owner.getPackageName().equals("java.time");
        return ofTime && CLOCK_READERS.stream().anyMatch(called.getName()::startsWith);
    }

    @Test
    void onlyTheStatementsOfExecutionsChangeOrMakeThem() {
        assertThat(sourcesWith(CHANGE_OF_EXECUTIONS))
                .containsExactlyInAnyOrder(
                        "Claims.java", "ExecutionStore.java", "ExecutionControl.java");
        assertThat(sourcesWith(INSERT_OF_EXECUTIONS)).containsExactly("ExecutionInserts.java");
    }

    private static List<String> sourcesWith(Pattern pattern) {
        return sources()
                .filter(source -> pattern.matcher(read(source)).find())
                .map(source -> source.getFileName().toString())
                .toList();
    }

    @Test
    void everyPackageIsNullMarkedAndSaysWhatItIsFor() {
        var lacking =
                sources()
                        .map(Path::getParent)
                        .distinct()
                        .filter(directory -> !isDescribed(directory.resolve("package-info.java")))
                        .toList();

        assertThat(lacking).isEqualTo(List.of());
    }

    private static boolean isDescribed(Path packageInfo) {
        return Files.exists(packageInfo)
                && read(packageInfo).contains("@NullMarked")
                && read(packageInfo).contains("/**");
    }

    private static Stream<Path> sources() {
        try (var files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
