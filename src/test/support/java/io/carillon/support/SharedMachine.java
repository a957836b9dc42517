package io.carillon.support;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Integration tests run in two processes, because they mostly wait. Each class holds a lock on a
 * file while it runs: shared, or exclusive if it is to run {@link Alone}.
 */
public final class SharedMachine implements BeforeAllCallback, AfterAllCallback {
    private static final Path LOCK = Path.of("target", "integration-tests.lock");

    private @Nullable FileChannel held;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (isIntegrationTest(context)) {
            Files.createDirectories(LOCK.getParent());
            held =
                    FileChannel.open(
                            LOCK,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            boolean isAlone = context.getRequiredTestClass().isAnnotationPresent(Alone.class);
            var unused = held.lock(0, Long.MAX_VALUE, !isAlone);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (isIntegrationTest(context) && held != null) {
            held.close();
        }
    }

    private static boolean isIntegrationTest(ExtensionContext context) {
        var test = context.getRequiredTestClass();
        return test.getSimpleName().endsWith("IT") && test.getEnclosingClass() == null;
    }
}
