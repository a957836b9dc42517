package io.carillon.queue;

import io.carillon.definition.JobDefinition;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;

/** Identifies a queue: its name, and the namespace that it belongs to. */
public record QueueKey(String namespace, String name) implements Comparable<QueueKey> {
    private static final Comparator<QueueKey> ORDER =
            Comparator.comparing(QueueKey::namespace).thenComparing(QueueKey::name);

    /** Returns the queue of a job whose defaults are filled in. */
    public static QueueKey of(JobDefinition job) {
        return new QueueKey(String.valueOf(job.namespace()), String.valueOf(job.queue()));
    }

    @Override
    public int compareTo(QueueKey other) {
        return ORDER.compare(this, other);
    }

    /**
     * Sets two parameters to the namespaces and the names of queues, in the same order.
     *
     * @param first the number of the first
     */
    public static void set(PreparedStatement statement, int first, Collection<QueueKey> queues)
            throws SQLException {
        var connection = statement.getConnection();
        var namespaces = queues.stream().map(QueueKey::namespace).toArray();
        var names = queues.stream().map(QueueKey::name).toArray();
        statement.setArray(first, connection.createArrayOf("varchar", namespaces));
        statement.setArray(first + 1, connection.createArrayOf("varchar", names));
    }
}
