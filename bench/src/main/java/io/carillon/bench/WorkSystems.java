package io.carillon.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The systems of the executions suite, each with the settings worth trying, the one that was best
 * when they were chosen first. Once {@link DrainCase} has tried them the best of this run is used.
 */
final class WorkSystems {
    /** Threads and limits of db-scheduler are those of its own performance document. */
    private static final List<List<? extends WorkSystem>> CANDIDATES =
            List.of(
                    List.of(new CarillonWorkSystem(100), new CarillonWorkSystem(500)),
                    List.of(
                            PeerWorkSystem.dbScheduler(20, 4, 20, 100),
                            PeerWorkSystem.dbScheduler(20, 4, 20, 10),
                            PeerWorkSystem.dbScheduler(50, 0.5, 4, 100),
                            PeerWorkSystem.dbScheduler(100, 2, 6, 100)),
                    List.of(
                            PeerWorkSystem.jobRunr(16),
                            PeerWorkSystem.jobRunr(32),
                            PeerWorkSystem.jobRunr(64)));

    private final Map<String, WorkSystem> best = new HashMap<>();

    /** Every wanted system with the settings to try. */
    List<List<? extends WorkSystem>> candidates(Options options) {
        return CANDIDATES.stream()
                .filter(settings -> options.wantsSystem(settings.getFirst().name()))
                .<List<? extends WorkSystem>>map(
                        settings ->
                                WorkSizes.of(options).triesSettings()
                                        ? settings
                                        : settings.subList(0, 1))
                .toList();
    }

    void chooseBest(WorkSystem system) {
        best.put(system.name(), system);
    }

    /** Every wanted system at its best. */
    List<WorkSystem> wanted(Options options) {
        var systems = new ArrayList<WorkSystem>();
        for (var settings : candidates(options)) {
            var first = settings.getFirst();
            systems.add(best.getOrDefault(first.name(), first));
        }
        return systems;
    }
}
