package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.callback.Callbacks;
import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseException;
import io.carillon.json.Json;
import io.carillon.placeholder.Cause;
import io.carillon.placeholder.Facts;
import io.carillon.placeholder.Mask;
import io.carillon.placeholder.Placeholders;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.secret.Secrets;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs attempts whose config has placeholders: fills them, reads the config again, and masks the
 * values of secrets in the outcome.
 */
@ApplicationScoped
class PlaceholderRuns {
    private final Secrets secrets;
    private final DatabaseClock clock;
    private final Json json;
    private final Callbacks callbacks;
    private final Causes causes;

    PlaceholderRuns(
            Secrets secrets, DatabaseClock clock, Json json, Callbacks callbacks, Causes causes) {
        this.secrets = secrets;
        this.clock = clock;
        this.json = json;
        this.callbacks = callbacks;
        this.causes = causes;
    }

    /**
     * Returns the secrets of a config that its namespace does not have, by the fields that name
     * them.
     */
    List<Violation> missing(JobHandler<?> handler, JsonNode config, String namespace) {
        var asked = Placeholders.secrets(config, handler.placeholders());
        var violations = new ArrayList<Violation>();
        for (String name : secrets.missing(namespace, asked.keySet())) {
            asked.getOrDefault(name, Set.of())
                    .forEach(
                            field -> violations.add(new Violation(field, absent(name, namespace))));
        }
        return violations;
    }

    private static String absent(String name, String namespace) {
        return "there is no secret '" + name + "' in the namespace " + namespace;
    }

    /** As {@link JobHandler#run}. */
    <C> Outcome run(JobHandler<C> handler, ExecutionContext<StoredConfig> context)
            throws InterruptedException {
        var stored = context.config().json();
        var fields = handler.placeholders();
        var asked = Placeholders.secrets(stored, fields).keySet();
        Map<String, String> values;
        Cause cause;
        try {
            values = asked.isEmpty() ? Map.of() : secrets.values(context.namespace(), asked);
            cause =
                    Placeholders.useCause(stored, fields)
                            ? causes.of(context.executionId())
                            : Cause.NONE;
        } catch (DatabaseException away) {
            return Outcome.failure(
                            "SECRET_UNREADABLE",
                            "PostgreSQL did not answer for a secret, or for what it follows")
                    .withoutEffect();
        }
        for (String name : asked) {
            if (!values.containsKey(name)) {
                return Outcome.failure("SECRET_MISSING", absent(name, context.namespace()))
                        .notRetryable()
                        .withoutEffect();
            }
        }
        var mask = new Mask(values.values());
        try {
            var filled = Placeholders.filled(stored, fields, facts(context, cause), values);
            C config = json.read(filled, handler.configType(), "config.");
            return ScopedValue.where(Mask.OF_CONFIG, mask)
                    .<Outcome, Exception>call(() -> handler.run(context.with(config)))
                    .masked(mask);
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (ProblemException unfit) {
            return Outcome.failure("INVALID_JOB", mask.of(String.valueOf(unfit.getMessage())))
                    .notRetryable()
                    .withoutEffect();
        } catch (Exception failure) {
            // Without its stack trace, since its message may contain a secret.
            String said = mask.of(failure.toString());
            Log.warnf(
                    "handler failed jobId=%s executionId=%s attempt=%d: %s",
                    context.jobId(), context.executionId(), context.attempt(), said);
            return Outcome.failure("HANDLER_ERROR", said);
        }
    }

    private Facts facts(ExecutionContext<StoredConfig> context, Cause cause) {
        return new Facts(
                context.executionId(),
                context.jobId(),
                context.jobName(),
                context.namespace(),
                context.attempt(),
                context.scheduledAt(),
                clock.now(),
                callbacks.ofAttempt(context.executionId(), context.epoch()).orElse(null),
                cause);
    }
}
