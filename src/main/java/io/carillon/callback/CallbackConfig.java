package io.carillon.callback;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Settings of callbacks. */
@ConfigMapping(prefix = "carillon.callbacks")
public interface CallbackConfig {
    /** The address under which targets reach this service; without it there are no callbacks. */
    Optional<String> baseUrl();
}
