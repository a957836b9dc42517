package io.carillon.bench;

import java.util.List;

/** The systems of the firing suite. */
final class FiringSystems {
    /** At the defaults it fires some fifty a second, with the best settings some hundreds. */
    private static final int DEFAULT_PER_SECOND = 20;

    private static final int TUNED_PER_SECOND = 100;

    private FiringSystems() {}

    static List<FiringSystem> wanted(Options options) {
        return List.<FiringSystem>of(
                        new CarillonSystem(),
                        new QuartzSystem(QuartzSettings.DEFAULT, DEFAULT_PER_SECOND),
                        new QuartzSystem(QuartzSettings.TUNED, TUNED_PER_SECOND))
                .stream()
                .filter(system -> options.wantsSystem(system.name()))
                .toList();
    }
}
