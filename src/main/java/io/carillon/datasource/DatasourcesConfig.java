package io.carillon.datasource;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** Settings of the databases that jobs may use. */
@ConfigMapping(prefix = "carillon.datasources")
interface DatasourcesConfig {
    /** JDBC URLs, with user and password, by the name that jobs use. */
    Map<String, String> urls();

    /** Namespaces whose jobs may use a database, by its name; all, if it is not here. */
    Map<String, String> namespaces();
}
