package io.carillon.problem;

import io.carillon.problem.Problem.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Bean Validation's violations in the field names a client wrote. */
public final class Violations {
    private Violations() {}

    /** Ordered by field; {@code prefix} (such as {@code config.}) comes before each path. */
    public static List<Violation> of(
            Set<? extends ConstraintViolation<?>> violations, String prefix) {
        return violations.stream()
                .map(violation -> new Violation(prefix + pathOf(violation), violation.getMessage()))
                .sorted(Comparator.comparing(Violation::field).thenComparing(Violation::message))
                .toList();
    }

    /** Without the method and its parameter, which are no words of the client. */
    private static String pathOf(ConstraintViolation<?> violation) {
        return StreamSupport.stream(violation.getPropertyPath().spliterator(), false)
                .filter(
                        node ->
                                node.getKind() == ElementKind.PROPERTY
                                        || node.getKind() == ElementKind.CONTAINER_ELEMENT)
                .map(Path.Node::toString)
                .filter(name -> !name.startsWith("<"))
                .collect(Collectors.joining("."));
    }
}
