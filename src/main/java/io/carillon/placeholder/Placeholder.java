package io.carillon.placeholder;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.carillon.problem.Names;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Parses the text between two pairs of braces. */
sealed interface Placeholder {
    String KNOWN =
            "known are secret.NAME, callback.url, cause.id, cause.state, cause.job.id, cause.job.name,"
                    + " cause.error.code, cause.error.message, cause.result, execution.id,"
                    + " execution.attempt, execution.scheduledAt, job.id,"
                    + " job.name, job.namespace, now, and '{{' in quotes for itself";

    String RESULT = "cause.result";

    /** The value of a secret. */
    record Secret(String name) implements Placeholder {}

    /** A fact of the attempt that is not an instant. */
    enum Fact implements Placeholder {
        CALLBACK_URL,
        EXECUTION_ID,
        EXECUTION_ATTEMPT,
        JOB_ID,
        JOB_NAME,
        JOB_NAMESPACE
    }

    /**
     * An instant.
     *
     * @param isPlanned true: the planned instant; false: now
     */
    record Time(boolean isPlanned, DateTimeFormatter format) implements Placeholder {}

    /** A fact of the execution that this one follows; empty if it follows none. */
    enum FactOfCause implements Placeholder {
        ID,
        STATE,
        JOB_ID,
        JOB_NAME,
        ERROR_CODE,
        ERROR_MESSAGE
    }

    /**
     * The result of the execution that this one follows, or a part of it: text as it is, anything
     * else as JSON.
     */
    record ResultOfCause(JsonPointer pointer) implements Placeholder {}

    /** Two opening braces. */
    record Braces() implements Placeholder {}

    /**
     * @param inside without the braces
     * @throws IllegalArgumentException if there is no such placeholder; the message lists the known
     *     ones
     */
    static Placeholder of(String inside) {
        String[] parts = inside.split("\\|", -1);
        String name = parts[0].strip();
        boolean isTime = name.equals("now") || name.equals("execution.scheduledAt");
        if (parts.length > 1 && !isTime || parts.length > 3) {
            throw new IllegalArgumentException(
                    "'{{"
                            + inside
                            + "}}': only now and execution.scheduledAt have a format and a zone");
        }
        if (name.startsWith("secret.")) {
            String secret = name.substring("secret.".length());
            if (!Names.isValidOfSecret(secret)) {
                throw unknown(inside);
            }
            return new Secret(secret);
        }
        if (name.equals(RESULT) || name.startsWith(RESULT + "/")) {
            return new ResultOfCause(JsonPointer.compile(name.substring(RESULT.length())));
        }
        return switch (name) {
            case "cause.id" -> FactOfCause.ID;
            case "cause.state" -> FactOfCause.STATE;
            case "cause.job.id" -> FactOfCause.JOB_ID;
            case "cause.job.name" -> FactOfCause.JOB_NAME;
            case "cause.error.code" -> FactOfCause.ERROR_CODE;
            case "cause.error.message" -> FactOfCause.ERROR_MESSAGE;
            case "'{{'" -> new Braces();
            case "now" -> new Time(false, format(inside, parts));
            case "execution.scheduledAt" -> new Time(true, format(inside, parts));
            case "callback.url" -> Fact.CALLBACK_URL;
            case "execution.id" -> Fact.EXECUTION_ID;
            case "execution.attempt" -> Fact.EXECUTION_ATTEMPT;
            case "job.id" -> Fact.JOB_ID;
            case "job.name" -> Fact.JOB_NAME;
            case "job.namespace" -> Fact.JOB_NAMESPACE;
            default -> throw unknown(inside);
        };
    }

    private static @Nullable Object value(FactOfCause fact, Cause cause) {
        return switch (fact) {
            case ID -> cause.executionId();
            case STATE -> cause.state();
            case JOB_ID -> cause.jobId();
            case JOB_NAME -> cause.jobName();
            case ERROR_CODE -> cause.errorCode();
            case ERROR_MESSAGE -> cause.errorMessage();
        };
    }

    private static String text(@Nullable JsonNode result, JsonPointer pointer) {
        var part = result == null ? MissingNode.getInstance() : result.at(pointer);
        return part.isMissingNode() ? "" : part.isTextual() ? part.textValue() : part.toString();
    }

    private static IllegalArgumentException unknown(String inside) {
        return new IllegalArgumentException(
                "there is no placeholder '{{" + inside + "}}'; " + KNOWN);
    }

    private static DateTimeFormatter format(String inside, String[] parts) {
        try {
            var zone = parts.length > 2 ? ZoneId.of(parts[2].strip()) : ZoneOffset.UTC;
            String pattern = parts.length > 1 ? parts[1].strip() : "";
            var format =
                    pattern.isEmpty()
                            ? DateTimeFormatter.ISO_OFFSET_DATE_TIME
                            : DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
            var known = format.withZone(zone);
            // A well-formed pattern may ask for something that an instant does not have.
            Objects.requireNonNull(known.format(Instant.EPOCH));
            return known;
        } catch (DateTimeException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "'{{"
                            + inside
                            + "}}' has no format such as yyyy-MM-dd, or no zone such as Europe/Paris: "
                            + wrong.getMessage());
        }
    }

    /** Whether it is filled from the execution that this one follows. */
    default boolean isOfCause() {
        return this instanceof FactOfCause || this instanceof ResultOfCause;
    }

    /**
     * @param secrets values by name, including every one that is used
     */
    default String value(Facts facts, Map<String, String> secrets) {
        return switch (this) {
            case Secret secret -> Objects.requireNonNull(secrets.get(secret.name()));
            case Time time ->
                    time.format().format(time.isPlanned() ? facts.scheduledAt() : facts.now());
            case Braces _ -> "{{";
            case ResultOfCause of -> text(facts.cause().result(), of.pointer());
            case FactOfCause fact -> Objects.toString(value(fact, facts.cause()), "");
            case Fact fact ->
                    switch (fact) {
                        case CALLBACK_URL -> Objects.requireNonNullElse(facts.callbackUrl(), "");
                        case EXECUTION_ID -> facts.executionId().toString();
                        case EXECUTION_ATTEMPT -> Integer.toString(facts.attempt());
                        case JOB_ID -> Objects.toString(facts.jobId(), "");
                        case JOB_NAME -> Objects.requireNonNullElse(facts.jobName(), "");
                        case JOB_NAMESPACE -> facts.namespace();
                    };
        };
    }
}
