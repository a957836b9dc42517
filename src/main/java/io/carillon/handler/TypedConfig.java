package io.carillon.handler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Marks a request with a type and the config that this type needs. */
@ConfigFitsType
public interface TypedConfig {
    @Nullable String type();

    @Nullable ObjectNode config();
}
