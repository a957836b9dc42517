package io.carillon.support;

import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.jupiter.params.provider.AnnotationBasedArgumentsProvider;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Yields the seeds of a property until one fails, and says how to repeat that one. */
class Seeds extends AnnotationBasedArgumentsProvider<Seeded>
        implements TestExecutionExceptionHandler, TestWatcher {
    private static final String SEED = "carillon.seed";
    private static final Namespace NAMESPACE = Namespace.create(Seeds.class);

    @Override
    protected Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext property, Seeded seeded) {
        var given = Long.getLong(SEED);
        var seeds = given == null ? new Random().longs(seeded.tries()) : LongStream.of(given);
        // Looked at before each seed: invocations are made one after the other.
        return seeds.takeWhile(seed -> property.getStore(NAMESPACE).get(SEED) == null)
                .mapToObj(Arguments::of);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext seed, Throwable failure) {
        throw new AssertionError(
                "%s; repeat it: ./mvnw test -Dtest=%s#%s -D%s=%s -Dsurefire.failIfNoSpecifiedTests=false"
                        .formatted(
                                failure.getMessage(),
                                seed.getRequiredTestClass().getSimpleName(),
                                seed.getRequiredTestMethod().getName(),
                                SEED,
                                seed.getDisplayName().replace("seed ", "")),
                failure);
    }

    @Override
    public void testFailed(ExtensionContext seed, @Nullable Throwable failure) {
        var property = seed.getParent().orElseThrow();
        property.getStore(NAMESPACE).put(SEED, seed.getDisplayName());
    }
}
