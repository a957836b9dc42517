package io.carillon.files;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** The folders in which jobs may work. */
@ConfigMapping(prefix = "carillon.files")
interface FilesConfig {
    /** Folders by the name that jobs call them. */
    Map<String, String> roots();
}
