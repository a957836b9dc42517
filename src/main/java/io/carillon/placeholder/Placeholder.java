package io.carillon.placeholder;

import io.carillon.problem.Names;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Parses the text between two pairs of braces. */
sealed interface Placeholder {
    String KNOWN =
            "known are secret.NAME, callback.url, execution.id, execution.attempt, execution.scheduledAt, job.id,"
                    + " job.name, job.namespace, now, and '{{' in quotes for itself";

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
        return switch (name) {
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

    /**
     * @param secrets values by name, including every one that is used
     */
    default String value(Facts facts, Map<String, String> secrets) {
        return switch (this) {
            case Secret secret -> Objects.requireNonNull(secrets.get(secret.name()));
            case Time time ->
                    time.format().format(time.isPlanned() ? facts.scheduledAt() : facts.now());
            case Braces _ -> "{{";
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
