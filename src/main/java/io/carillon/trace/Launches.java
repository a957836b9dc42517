package io.carillon.trace;

import jakarta.enterprise.context.RequestScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Holds the executions that the request at hand has made. */
@RequestScoped
public class Launches {
    private final List<UUID> executions = new ArrayList<>();

    /** Adds one that has not existed before. */
    public void add(UUID executionId) {
        executions.add(executionId);
    }

    List<UUID> executions() {
        return executions;
    }
}
