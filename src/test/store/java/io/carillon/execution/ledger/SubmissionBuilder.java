package io.carillon.execution.ledger;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.UuidV7;
import io.carillon.definition.Delivery;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.definition.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Submissions for tests: {@code aSubmission().queue("slow").weight(3).build()}. */
public final class SubmissionBuilder {
    private ObjectNode config = JsonNodeFactory.instance.objectNode();
    private String namespace = "default";
    private String queue = "default";
    private int priority = 5;
    private Instant runAt = Instant.now().minusSeconds(1);
    private int maxAttempts = 3;
    private Delivery delivery = Delivery.AT_LEAST_ONCE;
    private int weight = 1;
    private @Nullable Duration startDeadline;

    public static SubmissionBuilder aSubmission() {
        return new SubmissionBuilder();
    }

    public SubmissionBuilder namespace(String name) {
        namespace = name;
        return this;
    }

    public SubmissionBuilder queue(String name) {
        queue = name;
        return this;
    }

    public SubmissionBuilder priority(int value) {
        priority = value;
        return this;
    }

    public SubmissionBuilder runAt(Instant instant) {
        runAt = instant;
        return this;
    }

    public SubmissionBuilder maxAttempts(int count) {
        maxAttempts = count;
        return this;
    }

    public SubmissionBuilder delivery(Delivery promised) {
        delivery = promised;
        return this;
    }

    SubmissionBuilder weight(int slots) {
        weight = slots;
        return this;
    }

    public SubmissionBuilder startDeadline(Duration afterRunAt) {
        startDeadline = afterRunAt;
        return this;
    }

    public Submission build() {
        var at = runAt.truncatedTo(ChronoUnit.MILLIS);
        return new Submission(
                UuidV7.at(at),
                namespace,
                "noop",
                config,
                queue,
                priority,
                at,
                false,
                Duration.ofSeconds(30),
                new RetryPolicy(maxAttempts, null, null, null, null).orDefaults(),
                delivery,
                weight,
                startDeadline,
                Map.of(),
                List.<UUID>of(),
                OnDependencyFailure.CANCEL,
                List.of(),
                null,
                false);
    }
}
