package io.carillon.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.problem.ProblemException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** Reads lists of jobs in the JSON of other schedulers. */
final class JsonEntries {
    private JsonEntries() {}

    /** An entry while it is read. */
    static final class Entry {
        final JsonNode source;
        final ObjectNode fields = JsonNodeFactory.instance.objectNode();
        final List<String> notes = new ArrayList<>();

        Entry(JsonNode source) {
            this.source = source;
        }

        /** Returns a text; empty if it is absent. */
        String text(String field) {
            return source.path(field).asText("");
        }

        /** Notes which other fields there are. */
        void noteOthers(JsonNode of, Set<String> known) {
            var others = new TreeSet<String>();
            of.fieldNames()
                    .forEachRemaining(
                            name -> {
                                if (!known.contains(name) && !isEmpty(of.get(name))) {
                                    others.add(name);
                                }
                            });
            if (!others.isEmpty()) {
                notes.add("not carried over: " + String.join(", ", others));
            }
        }

        private static boolean isEmpty(JsonNode value) {
            return value.isNull() || value.isContainerNode() && value.isEmpty();
        }
    }

    /** Why an entry cannot be a job. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why, null, false, false);
        }
    }

    /**
     * @param field the request's, for problems
     * @param list an array, or an object with one
     * @param reader fills an entry's fields and returns the values for the template
     */
    static List<ImportedJob> read(
            String field,
            JsonNode list,
            BiFunction<Entry, Set<String>, Map<String, String>> reader) {
        var array = list.isObject() && list.size() == 1 ? list.elements().next() : list;
        if (!array.isArray()) {
            throw ProblemException.invalid(field, "expected a list of jobs");
        }
        var names = new HashSet<String>();
        var jobs = new ArrayList<ImportedJob>();
        for (var source : array) {
            var entry = new Entry(source);
            String place = "job " + (jobs.size() + 1);
            try {
                if (!source.isObject()) {
                    throw new Refused("expected an object");
                }
                var values = reader.apply(entry, names);
                jobs.add(new ImportedJob(place, entry.fields, values, entry.notes, null));
            } catch (Refused refused) {
                jobs.add(
                        new ImportedJob(
                                place, entry.fields, Map.of(), entry.notes, refused.getMessage()));
            }
        }
        return jobs;
    }
}
