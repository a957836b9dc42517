package io.carillon.job.bulk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.definition.JobDefinition;
import org.jspecify.annotations.Nullable;

/**
 * A job of a request, read and checked by itself.
 *
 * @param index its place in the request
 * @param saysEnabled whether it says if it is paused
 */
record Declared(int index, JobDefinition definition, boolean saysEnabled) {
    static final String OWNER_LABEL = "managed-by";

    String name() {
        return definition.name();
    }

    /** Returns the name of the job that it is to run after; null if it names none. */
    @Nullable String follows() {
        var after = definition.after();
        return after == null ? null : after.job();
    }

    /** Returns what the job is to be; paused or not as it is, unless this says so. */
    JobDefinition over(JobDefinition before) {
        return saysEnabled ? definition : definition.withEnabled(before.enabled());
    }

    /** Returns the place of a field for violations. */
    String prefix() {
        return "jobs[" + index + "].";
    }

    /** Sets the owner's label; returns false if the job already says another. */
    static boolean isOwned(ObjectNode job, String owner) {
        var labels = job.get("labels") instanceof ObjectNode some ? some : null;
        if (labels == null) {
            if (job.hasNonNull("labels")) {
                // Reading it as a job refuses it.
                return true;
            }
            labels = job.putObject("labels");
        }
        var known = labels.get(OWNER_LABEL);
        labels.put(OWNER_LABEL, owner);
        return known == null || owner.equals(known.asText());
    }
}
