package io.carillon.execution.ledger;

import io.carillon.database.SqlParameters;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Starts executions for remote workers; a part of {@link Claims}. */
@ApplicationScoped
class TaskClaims {
    private final ClaimRows rows;

    TaskClaims(ClaimRows rows) {
        this.rows = rows;
    }

    /**
     * One look for work, in the caller's transaction.
     *
     * @param queue a limited one; null: those without limits
     */
    Claims.Claimed look(
            Connection connection,
            Claimant.Remote remote,
            @Nullable String queue,
            PoolClaims.Room room)
            throws SQLException {
        var claims = new ArrayList<Claim>();
        int found = 0;
        try (var statement = connection.prepareStatement(ClaimStatements.OF_TASKS)) {
            var parameters = new SqlParameters(statement);
            statement.setString(parameters.next(), remote.namespace());
            parameters.twice(remote.queues());
            parameters.twice(queue, Types.VARCHAR);
            statement.setObject(parameters.next(), remote.workerId());
            statement.setArray(
                    parameters.next(),
                    connection.createArrayOf("varchar", remote.tasks().toArray()));
            statement.setInt(parameters.next(), room.limit() + room.offset());
            statement.setInt(parameters.next(), room.offset());
            statement.setInt(parameters.next(), room.slots());
            statement.setBoolean(parameters.next(), room.isIdle());
            statement.setInt(parameters.next(), room.limit());
            statement.setObject(parameters.next(), remote.workerId());
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    found = row.getInt("found") - room.offset();
                    if (row.getObject("id") != null) {
                        claims.add(rows.claimOf(row));
                    }
                }
            }
        }
        return new Claims.Claimed(
                rows.complete(connection, claims), found > claims.size() || found >= room.limit());
    }
}
