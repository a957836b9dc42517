package io.carillon;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.carillon.database.EmbeddedPostgresql;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.container.ResourceInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * A native executable has what is referred to, and of what has but a name only what is registered.
 * {@link io.carillon.support.JsonTypeGuard} sees to the types of JSON in all tests of the API.
 */
@AnalyzeClasses(packages = "io.carillon", importOptions = ImportOption.DoNotIncludeTests.class)
class NativeTest {
    private static final Path RESOURCES = Path.of("src/main/resources");

    /** Where Quarkus and its extensions for Flyway and Qute look at build time. */
    private static final Set<String> REGISTERED_RESOURCES =
            Set.of(
                    "application.properties",
                    "db/migration",
                    "templates",
                    "META-INF/resources",
                    "META-INF/openapi.yaml");

    private static final Pattern BY_NAME =
            Pattern.compile("forName|(get|find)(Declared)?(Constructor|Method|Field|Virtual).*");

    /** Those for which quarkus-caffeine registers the classes that Caffeine then loads by name. */
    private static final Set<String> FEATURES_OF_CACHES =
            Set.of("newBuilder", "maximumSize", "recordStats", "build");

    /** Their methods are searched for query parameters. */
    @ArchTest
    static final ArchRule everyResourceIsRegistered =
            classes()
                    .that()
                    .areAnnotatedWith(jakarta.ws.rs.Path.class)
                    .should()
                    .beAnnotatedWith(RegisterForReflection.class);

    @ArchTest
    static final ArchRule nothingIsLookedUpByName =
            noClasses()
                    .should()
                    .callCodeUnitWhere(
                            target(describe("looks up by name", NativeTest::looksUpByName)));

    private static boolean looksUpByName(CodeUnitCallTarget called) {
        var owner = called.getOwner();
        return owner.isEquivalentTo(ServiceLoader.class)
                || called.getName().equals("loadClass")
                || called.getName().equals("newProxyInstance")
                || (owner.isEquivalentTo(Class.class) || owner.getName().contains("MethodHandles"))
                        && BY_NAME.matcher(called.getName()).matches();
    }

    /** What these ask for is not in a native executable, and must not be. */
    @ArchTest
    static final ArchRule noResourceIsRead =
            noClasses()
                    .that()
                    .doNotBelongToAnyOf(EmbeddedPostgresql.class)
                    .and(not(name("io.carillon.handler.report.PdfFont")))
                    .should()
                    .callCodeUnitWhere(
                            target(
                                    describe(
                                            "reads a resource",
                                            called ->
                                                    called.getName().startsWith("getResource")
                                                            && !called.getOwner()
                                                                    .isEquivalentTo(
                                                                            ResourceInfo.class))));

    @ArchTest
    static final ArchRule cachesHaveNoFurtherFeature =
            noClasses()
                    .should()
                    .callCodeUnitWhere(
                            target(
                                    describe(
                                            "is a feature of a cache that is not registered",
                                            called ->
                                                    called.getOwner().isEquivalentTo(Caffeine.class)
                                                            && !FEATURES_OF_CACHES.contains(
                                                                    called.getName()))));

    @Test
    void everyResourceIsOneThatQuarkusRegisters() throws IOException {
        try (var files = Files.walk(RESOURCES)) {
            assertThat(files.filter(Files::isRegularFile).map(RESOURCES::relativize))
                    .allMatch(file -> REGISTERED_RESOURCES.stream().anyMatch(file::startsWith));
        }
    }
}
