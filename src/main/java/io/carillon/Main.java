package io.carillon;

import io.quarkus.runtime.annotations.QuarkusMain;

/**
 * Checks the Java version, says in one sentence if it is too old, and hands over to {@link
 * Launcher}. Only this class is compiled for the Java that Quarkus needs (see pom.xml), so that a
 * Java older than Carillon's can run it. Do not use newer features here.
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
