package io.carillon.replica;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Tells which roles this replica has by its configuration. */
@ApplicationScoped
public class Roles {
    private final Set<Role> all = EnumSet.noneOf(Role.class);

    /** Each of these belongs to the mapping of a room above, which is out of reach here. */
    Roles(
            @ConfigProperty(name = "carillon.api.enabled", defaultValue = "true") boolean api,
            @ConfigProperty(name = "carillon.firing.enabled", defaultValue = "true") boolean firing,
            @ConfigProperty(name = "carillon.worker.enabled", defaultValue = "true")
                    boolean worker) {
        add(Role.API, api);
        add(Role.FIRING, firing);
        add(Role.WORKER, worker);
    }

    private void add(Role role, boolean has) {
        if (has) {
            all.add(role);
        }
    }

    public Set<Role> all() {
        return Collections.unmodifiableSet(all);
    }

    /**
     * Whether this replica moves executions: takes back those of dead workers and queues those
     * whose time has come. One that only answers does not.
     */
    public boolean movesExecutions() {
        return all.contains(Role.FIRING) || all.contains(Role.WORKER);
    }
}
