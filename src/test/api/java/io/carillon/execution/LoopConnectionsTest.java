package io.carillon.execution;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.request;
import static org.awaitility.Awaitility.await;

import io.agroal.api.AgroalDataSource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Requests have taken all connections there are for them. */
@QuarkusTest
class LoopConnectionsTest {
    @Inject AgroalDataSource ofRequests;

    @Test
    void jobsFireAndRunWhileRequestsHoldEveryConnection() throws SQLException {
        String jobId = createdId(aJob("{\"every\": \"1s\"}"));
        var taken = new ArrayList<Connection>();
        try {
            takeAll(taken);
            var reader = taken.getFirst();
            long before = succeeded(reader, jobId);

            // One of them may have been on its way.
            await().until(() -> succeeded(reader, jobId) >= before + 2);
        } finally {
            for (var connection : taken) {
                connection.close();
            }
            request().delete(JOBS + "/{id}", jobId);
        }
    }

    /** All but the one by which the replica listens for notifications. */
    private void takeAll(List<Connection> taken) throws SQLException {
        int most = ofRequests.getConfiguration().connectionPoolConfiguration().maxSize();
        while (taken.size() < most - 1) {
            taken.add(ofRequests.getConnection());
        }
    }

    private static long succeeded(Connection connection, String jobId) throws SQLException {
        try (var statement =
                connection.prepareStatement(
                        "select count(*) from execution where job_id = ? and state = 'SUCCEEDED'")) {
            statement.setObject(1, UUID.fromString(jobId));
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
