package io.carillon.execution.ledger;

import io.carillon.definition.AttemptDefinitions;
import io.carillon.definition.Delivery;
import io.carillon.definition.JobVersion;
import io.carillon.definition.StoredJson;
import io.carillon.handler.StoredConfig;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/** Maps rows of the ledger to claims. */
@ApplicationScoped
class ClaimRows {
    private final Json json;
    private final AttemptDefinitions definitions;

    ClaimRows(Json json, AttemptDefinitions definitions) {
        this.json = json;
        this.definitions = definitions;
    }

    /** Fills in what the executions take from their jobs. */
    List<Claim> complete(Connection connection, List<Claim> claims) throws SQLException {
        var jobs = new HashSet<JobVersion>();
        for (var claim : claims) {
            if (claim.jobId() instanceof UUID jobId) {
                jobs.add(new JobVersion(jobId, claim.jobVersion()));
            }
        }
        var found = definitions.of(connection, jobs);
        return claims.stream()
                .map(
                        claim ->
                                claim.with(
                                        found.getOrDefault(
                                                claim.jobId(), AttemptDefinitions.Definition.NONE)))
                .toList();
    }

    /** Reads one row; whatever is in it, the others are still claimed. */
    Claim claimOf(ResultSet row) throws SQLException {
        var config = StoredJson.config(json, row.getString("config"));
        var retry = StoredJson.retry(json, row.getString("retry"));
        String storedDelivery = row.getString("delivery");
        var delivery = Delivery.known(storedDelivery);
        return new Claim(
                row.getObject("id", UUID.class),
                row.getObject("scheduled_at", OffsetDateTime.class).toInstant(),
                row.getObject("planned_at", OffsetDateTime.class).toInstant(),
                row.getLong("epoch"),
                row.getObject("job_id", UUID.class),
                row.getLong("job_version"),
                null,
                row.getString("namespace"),
                row.getString("type"),
                row.getString("queue"),
                row.getString("task"),
                row.getInt("attempt"),
                row.getInt("max_attempts"),
                delivery.orElse(Delivery.AT_MOST_ONCE),
                Duration.ofMillis(row.getLong("timeout_ms")),
                row.getInt("weight"),
                config.value() == null ? null : new StoredConfig(config.value()),
                retry.value(),
                Duration.ofMillis(row.getLong("start_delay_ms")),
                delivery.isEmpty()
                        ? "the stored delivery is not known: " + storedDelivery
                        : config.fault() == null ? retry.fault() : config.fault());
    }
}
