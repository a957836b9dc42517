package io.carillon.problem;

import io.carillon.problem.Problem.Violation;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Converts Bean Validation's violations to the field names that a client wrote. */
public final class Violations {
    private Violations() {}

    /**
     * Returns the violations ordered by field; {@code prefix}, such as {@code config.}, comes
     * before each path.
     */
    public static List<Violation> of(
            Set<? extends ConstraintViolation<?>> violations, String prefix) {
        return violations.stream()
                .map(
                        violation ->
                                new Violation(
                                        join(prefix, pathOf(violation)), violation.getMessage()))
                .sorted(Comparator.comparing(Violation::field).thenComparing(Violation::message))
                .toList();
    }

    /**
     * Reports a violation from a constraint for the field at a path; without a path, for the whole.
     */
    public static void add(ConstraintValidatorContext context, Violation violation) {
        context.disableDefaultConstraintViolation();
        // Escapes the client's text, which is not a message template.
        String message = violation.message().replaceAll("[\\\\{}$]", "\\\\$0");
        var builder = context.buildConstraintViolationWithTemplate(message);
        if (violation.field().isEmpty()) {
            builder.addConstraintViolation();
        } else {
            builder.addPropertyNode(violation.field()).addConstraintViolation();
        }
    }

    /** Joins a prefix such as {@code config.} and a path; the object itself has an empty path. */
    public static String join(String prefix, String path) {
        return path.isEmpty() && prefix.endsWith(".")
                ? prefix.substring(0, prefix.length() - 1)
                : prefix + path;
    }

    /** Returns the path without the method and its parameter, which the client does not know. */
    private static String pathOf(ConstraintViolation<?> violation) {
        var path = new StringBuilder();
        for (Path.Node node : violation.getPropertyPath()) {
            if (node.getIndex() != null) {
                path.append('[').append(node.getIndex()).append(']');
            } else if (node.getKey() != null) {
                path.append('.').append(node.getKey());
            }
            if (node.getKind() == ElementKind.PROPERTY) {
                path.append(path.isEmpty() ? "" : ".").append(node.getName());
            }
        }
        return path.toString();
    }
}
