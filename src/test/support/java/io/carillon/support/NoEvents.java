package io.carillon.support;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A replica that writes no events. */
public final class NoEvents implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("carillon.events.enabled", "false");
    }
}
