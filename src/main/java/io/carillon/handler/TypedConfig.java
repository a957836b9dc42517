package io.carillon.handler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A request for work of a type, which needs the config that the type knows. */
@ConfigFitsType
public interface TypedConfig {
    @Nullable String type();

    @Nullable ObjectNode config();
}
