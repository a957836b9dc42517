package io.carillon.cluster;

import java.io.IOException;
import java.util.List;

/** A shifted wall clock for a process, by libfaketime. */
final class FakeTime {
    private FakeTime() {}

    /** The command to run a process under; {@code shift} such as {@code +1h}. */
    static List<String> shiftedBy(String shift) {
        return List.of("faketime", "-f", shift);
    }

    static boolean isInstalled() {
        try {
            return new ProcessBuilder("faketime", "--version").start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
