package io.carillon.job.importing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds one job as another scheduler defines it.
 *
 * @param place where it was found, for people: "line 3" or "document 2"
 * @param fields the fields of a job request that it defines: name, schedule and more
 * @param values the values for the template's placeholders, such as {@code command}
 * @param notes what Carillon does differently, or does not carry over
 * @param refusal why it cannot be a job; null when it can
 */
@RegisterForReflection
record ImportedJob(
        String place,
        ObjectNode fields,
        Map<String, String> values,
        List<String> notes,
        @Nullable String refusal) {}
