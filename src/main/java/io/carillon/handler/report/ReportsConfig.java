package io.carillon.handler.report;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Settings of reports. */
@ConfigMapping(prefix = "carillon.reports")
interface ReportsConfig {
    /** A folder with fonts for PDF, by which more scripts can be written. */
    Optional<String> fonts();
}
