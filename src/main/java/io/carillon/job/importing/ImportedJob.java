package io.carillon.job.importing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One job as another scheduler has it.
 *
 * @param place where it stands, for people: "line 3" or "document 2"
 * @param fields what of a job request it says: name, schedule and more
 * @param values what the template may ask for, such as {@code command}
 * @param notes what of it Carillon does otherwise, or not at all
 * @param refusal why it cannot be a job; null when it can
 */
record ImportedJob(
        String place,
        ObjectNode fields,
        Map<String, String> values,
        List<String> notes,
        @Nullable String refusal) {}
