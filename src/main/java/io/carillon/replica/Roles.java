package io.carillon.replica;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Reads from the configuration which roles this replica has. */
@ApplicationScoped
public class Roles {
    private final Set<ReplicaRole> all = EnumSet.noneOf(ReplicaRole.class);

    /** These keys belong to the config mappings of rooms above, which this room may not use. */
    Roles(
            @ConfigProperty(name = "carillon.api.enabled", defaultValue = "true") boolean api,
            @ConfigProperty(name = "carillon.firing.enabled", defaultValue = "true") boolean firing,
            @ConfigProperty(name = "carillon.worker.enabled", defaultValue = "true")
                    boolean worker) {
        add(ReplicaRole.API, api);
        add(ReplicaRole.FIRING, firing);
        add(ReplicaRole.WORKER, worker);
    }

    private void add(ReplicaRole role, boolean has) {
        if (has) {
            all.add(role);
        }
    }

    public Set<ReplicaRole> all() {
        return Collections.unmodifiableSet(all);
    }

    /**
     * Whether this replica takes back executions of dead workers and queues executions that have
     * come due. A replica that only serves the API does not.
     */
    public boolean movesExecutions() {
        return all.contains(ReplicaRole.FIRING) || all.contains(ReplicaRole.WORKER);
    }
}
