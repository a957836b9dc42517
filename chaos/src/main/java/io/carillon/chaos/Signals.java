package io.carillon.chaos;

import java.io.IOException;

/** Signals that Java cannot send. */
final class Signals {
    private Signals() {}

    /** A process that has ended gets none. */
    static void send(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (IOException failure) {
            throw new ChaosFailure("There is no kill", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ChaosFailure("interrupted");
        }
    }
}
