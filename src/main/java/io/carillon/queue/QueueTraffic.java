package io.carillon.queue;

import io.carillon.database.SqlArrays;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
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
            insert into queue_ended (at, namespace, queue, ended)
            select statement_timestamp(), namespace, queue, ended
            from unnest(?::varchar[], ?::varchar[], ?::bigint[]) as t (namespace, queue, ended)
            """;

    private final Map<QueueKey, LongAdder> ended = new ConcurrentHashMap<>();

    /** Counts an execution of this queue that ended here. */
    public void ended(QueueKey queue) {
        ended.computeIfAbsent(queue, name -> new LongAdder()).increment();
    }

    /** Stores the counts since the last call; if that fails, keeps them for the next call. */
    void flush(Connection connection) throws SQLException {
        var counts = new HashMap<QueueKey, Long>();
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
            var queues = List.copyOf(counts.keySet());
            QueueKey.set(statement, 1, queues);
            statement.setArray(
                    3,
                    SqlArrays.longs(connection, queues.stream().mapToLong(counts::get).toArray()));
            statement.executeUpdate();
        } catch (SQLException failure) {
            counts.forEach(
                    (queue, count) ->
                            ended.computeIfAbsent(queue, name -> new LongAdder()).add(count));
            throw failure;
        }
    }
}
