package io.carillon.files;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** Settings of the folders in which jobs may work. */
@ConfigMapping(prefix = "carillon.files")
interface FilesConfig {
    /** Folders by the name that jobs use. */
    Map<String, String> roots();
}
