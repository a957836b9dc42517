package io.carillon;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.housekeeping.Duty;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
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
    private static final int MAX_FILES_IN_A_ROOM = 30;
    private static final int MAX_LINES_IN_A_FILE = 400;
    private static final Set<String> CLOCK_READERS = Set.of("now", "systemUTC", "system");

    /** Who takes a connection past {@link Database}, and why. */
    private static final Map<String, String> CONNECTIONS_PAST_THE_DOOR =
            Map.of(
                    "io.carillon.database.Notifications", "listens in a session that stays open",
                    "io.carillon.database.SessionLocks", "locks in a session that stays open",
                    "io.carillon.database.Postmaster", "asks a server before there is a pool",
                    "io.carillon.datasource.Datasources", "the databases of jobs are not ours",
                    "io.carillon.handler.data.SqlWork", "the databases of jobs are not ours",
                    "io.carillon.firing.FiringJobStore", "Quartz ends the transactions it begins");

    /** Who catches what PostgreSQL says otherwise than {@link Database}, and why. */
    private static final Map<String, String> CATCH_PAST_THE_DOOR =
            Map.of(
                    "io.carillon.database.Notifications", "gives a lost session back",
                    "io.carillon.database.SessionLocks", "gives a lost session back",
                    "io.carillon.database.Postmaster", "no answer is an answer",
                    "io.carillon.handler.data.SqlRuns", "what they say is an outcome",
                    "io.carillon.handler.data.SqlChecks",
                            "a statement that cannot be read is a violation",
                    "io.carillon.handler.backup.DumpSource", "what they say is an outcome",
                    "io.carillon.firing.FiringJobStore", "Quartz has an exception of its own",
                    "io.carillon.firing.Firing", "says which triggers the batch was of",
                    "io.carillon.queue.QueueTraffic", "keeps its counts, and throws it again");

    /** From the ground up. A room uses what lies below it, never what lies above. */
    private static final List<String> FLOORS =
            List.of(
                    "cli",
                    "replica",
                    "schedule",
                    "problem",
                    "json",
                    "database",
                    "housekeeping",
                    "http",
                    "trace",
                    "event",
                    "audit",
                    "security",
                    "security.signin",
                    "audit.api",
                    "event.api",
                    "tenancy",
                    "secret",
                    "calendar",
                    "outgoing",
                    "outgoing.limit",
                    "files",
                    "datasource",
                    "callback",
                    "placeholder",
                    "handler",
                    "handler.http",
                    "handler.email",
                    "handler.health",
                    "handler.cleanup",
                    "handler.upload",
                    "handler.data",
                    "handler.backup",
                    "handler.report",
                    "handler.custom",
                    "handler.noop",
                    "handler.heartbeat",
                    "definition",
                    "worker",
                    "queue",
                    "execution",
                    "execution.ledger",
                    "execution.trace",
                    "execution.statistics",
                    "execution.follow",
                    "execution.submission",
                    "execution.dispatch",
                    "execution.api",
                    "remote",
                    "firing",
                    "job",
                    "job.history",
                    "job.planning",
                    "job.importing",
                    "job.bulk",
                    "alert",
                    "stats",
                    "dashboard",
                    "dashboard.jobs",
                    "dashboard.executions",
                    "dashboard.capacity",
                    "dashboard.administration",
                    "dashboard.overview",
                    "");

    @ArchTest
    static void aRoomUsesOnlyWhatLiesBelowIt(JavaClasses classes) {
        var upward =
                classes.stream()
                        .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                        .filter(each -> isOurs(each.getTargetClass()))
                        .filter(
                                each ->
                                        floorOf(each.getOriginClass())
                                                < floorOf(each.getTargetClass()))
                        .map(Dependency::getDescription)
                        .sorted()
                        .toList();

        assertThat(upward).isEqualTo(List.of());
    }

    @ArchTest
    static void everyRoomHasAFloorAndIsNotCrowded(JavaClasses classes) {
        var sizes =
                classes.stream()
                        .filter(JavaClass::isTopLevelClass)
                        .collect(
                                Collectors.groupingBy(
                                        ArchitectureTest::roomOf, Collectors.counting()));

        assertThat(FLOORS).containsAll(sizes.keySet());
        assertThat(sizes.values()).allMatch(size -> size <= MAX_FILES_IN_A_ROOM);
    }

    private static boolean isOurs(JavaClass type) {
        return (type.getPackageName() + ".").startsWith("io.carillon.");
    }

    private static String roomOf(JavaClass type) {
        return type.getPackageName().replaceFirst("^io\\.carillon\\.?", "");
    }

    private static int floorOf(JavaClass type) {
        return FLOORS.indexOf(roomOf(type));
    }

    @ArchTest
    static final ArchRule onlyFiringKnowsQuartz =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.carillon.firing..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.quartz..");

    /** Of the extension, an annotation is enough. */
    @ArchTest
    static final ArchRule nobodyCallsTheExtensionOfQuartz =
            noClasses()
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("io.quarkus.quartz..")
                                    .and(not(equivalentTo(Nonconcurrent.class))));

    @ArchTest
    static void whatIsScheduledIsADutyOfTheWholeCluster(JavaClasses classes) {
        var scheduled =
                classes.stream()
                        .flatMap(each -> each.getMethods().stream())
                        .filter(each -> each.isAnnotatedWith(Scheduled.class))
                        .toList();

        assertThat(scheduled)
                .isNotEmpty()
                .allMatch(each -> each.isAnnotatedWith(Nonconcurrent.class))
                .allMatch(each -> each.getOwner().isAssignableTo(Duty.class));
    }

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

    @ArchTest
    static final ArchRule onlyTheDoorOpensConnectionsAndEndsTransactions =
            noClasses()
                    .that(are("not a door", type -> !mayPass(CONNECTIONS_PAST_THE_DOOR, type)))
                    .should()
                    .callCodeUnitWhere(
                            target(
                                    describe(
                                            "opens a connection or ends a transaction",
                                            ArchitectureTest::opensOrEnds)));

    @ArchTest
    static void onlyTheDoorTranslatesWhatPostgresqlSays(JavaClasses classes) {
        var catching =
                classes.stream()
                        .filter(type -> !mayPass(CATCH_PAST_THE_DOOR, type))
                        .flatMap(type -> type.getCodeUnits().stream())
                        .filter(
                                method ->
                                        method.getTryCatchBlocks().stream()
                                                .flatMap(
                                                        each -> each.getCaughtThrowables().stream())
                                                .anyMatch(
                                                        caught ->
                                                                caught.isEquivalentTo(
                                                                        SQLException.class)))
                        .map(JavaCodeUnit::getFullName)
                        .toList();

        assertThat(catching).isEqualTo(List.of());
    }

    private static DescribedPredicate<JavaClass> are(String what, Predicate<JavaClass> which) {
        return describe(what, which);
    }

    private static boolean mayPass(Map<String, String> reasons, JavaClass type) {
        return type.isEquivalentTo(Database.class) || reasons.containsKey(type.getName());
    }

    private static boolean opensOrEnds(CodeUnitCallTarget called) {
        var owner = called.getOwner();
        if (owner.isAssignableTo(DataSource.class) || owner.isEquivalentTo(DriverManager.class)) {
            return called.getName().equals("getConnection");
        }
        return owner.isAssignableTo(Connection.class)
                && (called.getName().equals("setAutoCommit")
                        || Set.of("commit", "rollback").contains(called.getName())
                                && called.getRawParameterTypes().isEmpty());
    }

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
    void noFileIsLongerThanOneReads() {
        var lengths =
                sources()
                        .filter(source -> read(source).lines().count() > MAX_LINES_IN_A_FILE)
                        .map(source -> source + " " + read(source).lines().count())
                        .toList();

        assertThat(lengths).isEqualTo(List.of());
    }

    @Test
    void onlyTheLedgerMakesAndChangesExecutions() {
        assertThat(roomsWith(CHANGE_OF_EXECUTIONS)).containsOnly("execution/ledger");
        assertThat(roomsWith(INSERT_OF_EXECUTIONS)).containsOnly("execution/ledger");
    }

    private static List<String> roomsWith(Pattern pattern) {
        return sources()
                .filter(source -> pattern.matcher(read(source)).find())
                .map(source -> SOURCES.resolve("io/carillon").relativize(source.getParent()))
                .map(room -> room.toString().replace('\\', '/'))
                .distinct()
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
