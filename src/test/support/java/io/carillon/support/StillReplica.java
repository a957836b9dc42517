package io.carillon.support;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A replica that neither fires nor runs anything by itself: the test does, a round at a time. */
public final class StillReplica implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("carillon.firing.enabled", "false", "carillon.worker.enabled", "false");
    }
}
