package io.carillon.queue;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.intellij.lang.annotations.Language;

/** Counts the executions that end on this replica, and stores the sums from time to time. */
@ApplicationScoped
public class QueueTraffic {
    @Language("SQL")
    private static final String ADD =
            """
            insert into queue_ended (at, queue, ended)
            select statement_timestamp(), queue, ended from unnest(?::varchar[], ?::bigint[]) as t (queue, ended)
            """;

    private final Map<String, LongAdder> ended = new ConcurrentHashMap<>();

    /** Counts an execution of this queue that ended here. */
    public void ended(String queue) {
        ended.computeIfAbsent(queue, name -> new LongAdder()).increment();
    }

    /** Stores the counts since the last call; if that fails, keeps them for the next call. */
    void flush(Connection connection) throws SQLException {
        var counts = new HashMap<String, Long>();
        ended.forEach(
                (queue, adder) -> {
                    long count = adder.sumThenReset();
                    if (count > 0) {
                        counts.put(queue, count);
                    }
                });
        if (counts.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(ADD)) {
            var queues = counts.keySet().toArray();
            var sums = counts.values().toArray();
            statement.setArray(1, connection.createArrayOf("varchar", queues));
            statement.setArray(2, connection.createArrayOf("bigint", sums));
            statement.executeUpdate();
        } catch (SQLException failure) {
            counts.forEach(
                    (queue, count) ->
                            ended.computeIfAbsent(queue, name -> new LongAdder()).add(count));
            throw failure;
        }
    }
}
