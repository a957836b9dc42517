package io.carillon;

import io.quarkus.runtime.annotations.QuarkusMain;

/**
 * Says in a sentence which Java is needed where it is too old, and hands over to {@link Launcher}.
 * This class alone is compiled for the Java that Quarkus needs (see pom.xml), so that an older one
 * than Carillon's can run it; nothing newer belongs here.
 */
@QuarkusMain
public final class Main {
    private static final int LEAST_JAVA = 25;

    private Main() {}

    public static void main(String... arguments) {
        int java = Runtime.version().feature();
        if (java < LEAST_JAVA) {
            System.err.println(
                    "Carillon needs Java "
                            + LEAST_JAVA
                            + " or newer and was started with Java "
                            + java
                            + " of "
                            + System.getProperty("java.home")
                            + ": put a newer one first on the PATH, or name its bin/java in full.");
            Runtime.getRuntime().halt(1);
        }
        Launcher.launch(arguments);
    }
}
