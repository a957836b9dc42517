package io.carillon.alert;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Tells how bad it is what a rule reports, in the words of PagerDuty and of Opsgenie. */
@Schema(name = "RuleSeverity")
public enum Severity {
    CRITICAL("critical", "P1"),
    ERROR("error", "P2"),
    WARNING("warning", "P3"),
    INFO("info", "P5");

    private final String severity;
    private final String priority;

    Severity(String severity, String priority) {
        this.severity = severity;
        this.priority = priority;
    }

    /** The {@code severity} of an event of PagerDuty. */
    String severity() {
        return severity;
    }

    /** The {@code priority} of an alert of Opsgenie. */
    String priority() {
        return priority;
    }
}
