package io.carillon.problem;

import io.carillon.problem.Problem.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request with a problem document. It has no stack trace, because the error is the client's.
 */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemKind kind;
    private final transient List<Violation> violations;

    public ProblemException(ProblemKind kind, String detail) {
        this(kind, detail, List.of());
    }

    public ProblemException(ProblemKind kind, String detail, List<Violation> violations) {
        super(detail, null, false, false);
        this.kind = kind;
        this.violations = List.copyOf(violations);
    }

    /** Returns a 400 for wrong fields; the detail repeats the first violation. */
    public static ProblemException invalid(List<Violation> violations) {
        var first = violations.getFirst();
        String detail =
                first.field().isEmpty() ? first.message() : first.field() + ": " + first.message();
        return new ProblemException(ProblemKind.INVALID_REQUEST, detail, violations);
    }

    public static ProblemException invalid(String field, String message) {
        return invalid(List.of(new Violation(field, message)));
    }

    public static ProblemException notFound(String what, Object id) {
        return new ProblemException(ProblemKind.NOT_FOUND, "There is no " + what + " " + id + ".");
    }

    /**
     * Returns the same problem for a part of the body; {@code prefix} is the part's path, such as
     * {@code jobs[3].}.
     */
    public ProblemException within(String prefix) {
        if (violations.isEmpty()) {
            return this;
        }
        var inBody =
                violations.stream()
                        .map(
                                violation ->
                                        new Violation(
                                                Violations.join(prefix, violation.field()),
                                                violation.message()))
                        .toList();
        String detail = String.valueOf(getMessage());
        boolean beginsWithField = detail.startsWith(violations.getFirst().field());
        return new ProblemException(
                kind,
                beginsWithField ? prefix + detail : Violations.join(prefix, "") + ": " + detail,
                inBody);
    }

    /** Returns the wrong fields; empty if the problem concerns the whole request. */
    public List<Violation> violations() {
        return violations;
    }

    public ProblemKind kind() {
        return kind;
    }

    public Problem toProblem(@Nullable String instance) {
        return new Problem(
                kind.type(), kind.title(), kind.status(), getMessage(), instance, violations);
    }
}
