package io.carillon.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.Violations;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.AssertTrue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON that does not fit a type, to report all its errors at once: notes and removes what
 * cannot be read until the rest can be, and validates that rest. Runs only for requests that are
 * refused, and for those with read-only fields.
 */
public final class WholeReading {
    /**
     * Each round reads the body once more; of more errors than this, only the first are reported.
     */
    private static final int MAX_ROUNDS = 30;

    private static final int MAX_VIOLATIONS = 100;

    private final ObjectMapper mapper;
    private final Validator validator;
    private final Collection<String> queryParameters;
    private final List<Violation> faults = new ArrayList<>();

    /**
     * @param queryParameters the operation's query parameters: a client may have put one into the
     *     body
     */
    WholeReading(ObjectMapper mapper, Validator validator, Collection<String> queryParameters) {
        this.mapper = mapper;
        this.validator = validator;
        this.queryParameters = queryParameters;
    }

    /**
     * Reads a body.
     *
     * @param body the body, which is changed
     * @param readOnly names of fields of the body that are ignored
     * @throws ProblemException 400 with every violation, in the order of the fields
     */
    @Nullable Object read(JsonNode body, JavaType type, Collection<String> readOnly) {
        if (body instanceof ObjectNode object) {
            object.remove(readOnly);
        }
        for (int round = 0; round < MAX_ROUNDS; round++) {
            try {
                var value = mapper.readerFor(type).readValue(body);
                if (faults.isEmpty()) {
                    return value;
                }
                if (value != null) {
                    addInvalid(value);
                }
                break;
            } catch (JsonMappingException fault) {
                if (!JsonFaults.isOfAField(fault)) {
                    throw JsonFaults.problem(fault, "");
                }
                if (!takeOut(body, fault) || faults.size() > MAX_VIOLATIONS) {
                    break;
                }
            } catch (JsonProcessingException malformed) {
                throw JsonFaults.problem(malformed, "");
            } catch (java.io.IOException impossible) {
                throw new java.io.UncheckedIOException(impossible);
            }
        }
        throw ProblemException.invalid(
                faults.stream()
                        .sorted(Comparator.comparing(Violation::field))
                        .limit(MAX_VIOLATIONS)
                        .toList());
    }

    private void addInvalid(Object value) {
        // Skips violations of what was removed, which is missing only because of that, and of what
        // it was removed from.
        var covered = faults.stream().map(Violation::field).toList();
        // An assertion on several fields may fail only because one of them was removed.
        var ofFields =
                validator.validate(value).stream()
                        .filter(each -> !isAssertion(each))
                        .collect(Collectors.toSet());
        for (var violation : Violations.of(ofFields, "")) {
            if (covered.stream()
                    .noneMatch(
                            field ->
                                    isWithin(violation.field(), field)
                                            || isWithin(field, violation.field()))) {
                faults.add(violation);
            }
        }
    }

    private static boolean isAssertion(ConstraintViolation<?> violation) {
        return violation.getConstraintDescriptor().getAnnotation() instanceof AssertTrue;
    }

    private static boolean isWithin(String field, String outer) {
        return field.equals(outer)
                || field.startsWith(outer + ".")
                || field.startsWith(outer + "[");
    }

    /** Notes what could not be read and removes it; false if nothing could be removed. */
    private boolean takeOut(JsonNode body, JsonMappingException fault) {
        var path = fault.getPath();
        if (fault instanceof UnrecognizedPropertyException unknown
                && node(body, path.subList(0, path.size() - 1)) instanceof ObjectNode owner) {
            takeOutUnknown(owner, unknown);
            return true;
        }
        faults.add(JsonFaults.violation(fault));
        for (int length = path.size(); length > 0; length--) {
            var reference = path.get(length - 1);
            // Removes the whole array: removing an element would move those after it.
            if (reference.getFieldName() != null) {
                return node(body, path.subList(0, length - 1)) instanceof ObjectNode owner
                        && owner.remove(reference.getFieldName()) != null;
            }
        }
        return false;
    }

    /** Removes all unknown fields of an object together. */
    private void takeOutUnknown(ObjectNode owner, UnrecognizedPropertyException fault) {
        var references = fault.getPath();
        String path = JsonFaults.pathOf(references.subList(0, references.size() - 1));
        var known = new TreeSet<String>();
        fault.getKnownPropertyIds().forEach(each -> known.add(String.valueOf(each)));
        var candidates = new LinkedHashSet<String>(known);
        candidates.addAll(within(fault.getReferringClass()));
        for (String name : List.copyOf(names(owner))) {
            if (!known.contains(name)) {
                owner.remove(name);
                faults.add(
                        new Violation(
                                path.isEmpty() ? name : path + "." + name,
                                path.isEmpty() && queryParameters.contains(name)
                                        ? "is a query parameter, not a field: ?" + name + "=…"
                                        : JsonFaults.unknown(
                                                "unknown field",
                                                Hints.nearest(name, candidates),
                                                List.copyOf(known),
                                                "there are none")));
            }
        }
    }

    /** Returns the paths of fields one level below those of a type, such as {@code retry.delay}. */
    private Set<String> within(Class<?> type) {
        var paths = new LinkedHashSet<String>();
        for (var property : properties(mapper, type)) {
            var inner = property.getRawPrimaryType();
            if (inner != null && inner.isRecord()) {
                properties(mapper, inner)
                        .forEach(each -> paths.add(property.getName() + "." + each.getName()));
            }
        }
        return paths;
    }

    static List<com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition> properties(
            ObjectMapper mapper, Class<?> type) {
        var config = mapper.getDeserializationConfig();
        return config.introspect(config.constructType(type)).findProperties();
    }

    private static Set<String> names(ObjectNode object) {
        var names = new LinkedHashSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static @Nullable JsonNode node(
            JsonNode root, List<JsonMappingException.Reference> path) {
        JsonNode node = root;
        for (var reference : path) {
            if (node == null) {
                return null;
            }
            node =
                    reference.getFieldName() == null
                            ? node.get(reference.getIndex())
                            : node.get(reference.getFieldName());
        }
        return node;
    }
}
