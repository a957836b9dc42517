package io.carillon.database;

import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Sends messages between replicas over PostgreSQL's LISTEN and NOTIFY. A message sent in a
 * transaction arrives only after its commit. One loop and one connection per replica listen;
 * listeners run on that loop's thread and must not block. Another loop sends the hints. Neither
 * loop is vital: polling finds what a lost message was about.
 */
@ApplicationScoped
public class Notifications {
    private static final String CHANNEL = "carillon";

    /** A message outside all topics, which ends the wait for messages. */
    private static final String STOP = "STOP";

    private static final Duration STOP_WAIT = Duration.ofSeconds(2);

    /** After this time without a message, the connection is tested. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    /** Hints are sent no more often than this. */
    private static final Duration GATHER = Duration.ofMillis(1);

    private final DataSource dataSource;
    private final Database database;
    private final Map<Topic, List<Consumer<String>>> listeners = new EnumMap<>(Topic.class);
    private final Set<String> hints = ConcurrentHashMap.newKeySet();
    private final Loops loops;
    private final Loop listening;
    private final Loop hinting;
    private volatile @Nullable Connection listened;

    Notifications(DataSource dataSource, Database database, Loops loops) {
        this.dataSource = dataSource;
        this.database = database;
        this.loops = loops;
        this.listening = loops.background("notifications", this::listen);
        this.hinting = loops.background("hints", this::sendHints);
        for (Topic topic : Topic.values()) {
            listeners.put(topic, new CopyOnWriteArrayList<>());
        }
    }

    void start(@Observes @Priority(StartOrder.NOTIFICATIONS) StartupEvent event) {
        loops.start(listening);
        loops.start(hinting);
    }

    void stop(@Observes @Priority(StartOrder.LAST) ShutdownEvent event) {
        hinting.stop(Duration.ZERO);
        listening.stop(Duration.ZERO);
        if (listened != null) {
            endListening();
        }
    }

    /**
     * Sends a message to end the wait, because nothing else does, and because the pool warns about
     * sessions in use.
     */
    private void endListening() {
        try {
            sendHints(Set.of(STOP));
            listening.stop(STOP_WAIT);
            var idle = listened;
            if (idle != null) {
                listened = null;
                idle.close();
            }
        } catch (SQLException | RuntimeException lost) {
            Log.debugf("the listening session ends with the pool: %s", lost.getMessage());
        }
    }

    /**
     * Calls {@code listener} with the argument of each message on {@code topic}, and with an empty
     * argument when messages may have been missed.
     */
    public void on(Topic topic, Consumer<String> listener) {
        listeners.getOrDefault(topic, List.of()).add(listener);
    }

    /**
     * Sends a message to every replica, this one included, when the transaction of {@code
     * connection} commits.
     */
    public static void send(Connection connection, Topic topic, String argument)
            throws SQLException {
        try (var statement = connection.prepareStatement("select pg_notify(?, ?)")) {
            statement.setString(1, CHANNEL);
            statement.setString(2, topic.name() + " " + argument);
            statement.execute();
        }
    }

    /**
     * Sends a hint to every replica after the thread's transaction has committed, or at once if
     * there is none. PostgreSQL commits transactions that notify one after the other, so frequent
     * transactions send hints instead: this replica's listeners are called directly, and all hints
     * of a millisecond are sent to the others in one separate transaction. Hints are lost if this
     * replica dies first, so use them only for what polling finds too.
     */
    public void soon(Topic topic, String argument) {
        database.afterCommit(
                () -> {
                    deliver(topic, argument);
                    if (hints.add(topic.name() + " " + argument)) {
                        hinting.wake();
                    }
                });
    }

    private Duration sendHints() throws InterruptedException {
        var gathered = Set.copyOf(hints);
        if (gathered.isEmpty()) {
            return SILENCE;
        }
        // If this fails, these hints are lost. Hints added meanwhile are sent in the next round.
        hints.removeAll(gathered);
        sendHints(gathered);
        Thread.sleep(GATHER);
        return Duration.ZERO;
    }

    private void sendHints(Set<String> messages) {
        database.run(
                connection -> {
                    try (var statement =
                            connection.prepareStatement(
                                    "select pg_notify(?, message) from unnest(?::varchar[]) as message")) {
                        statement.setString(1, CHANNEL);
                        statement.setArray(
                                2, connection.createArrayOf("varchar", messages.toArray()));
                        statement.execute();
                    }
                });
    }

    /** Waits for messages once, on a connection that is kept for the next round. */
    private Duration listen() throws SQLException {
        try {
            receive();
        } catch (Throwable failure) {
            var lost = listened;
            listened = null;
            close(lost, failure);
            throw failure;
        }
        return Duration.ZERO;
    }

    private void receive() throws SQLException {
        var connection = listened;
        if (connection == null) {
            connection = dataSource.getConnection();
            listened = connection;
            execute(connection, "listen " + CHANNEL);
            for (Topic topic : Topic.values()) {
                deliver(topic, "");
            }
        }
        var postgres = connection.unwrap(PGConnection.class);
        var messages = postgres.getNotifications((int) SILENCE.toMillis());
        if (messages == null || messages.length == 0) {
            execute(connection, "select 1");
            return;
        }
        for (var message : messages) {
            receive(message.getParameter());
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns a connection that no longer listens, or was lost, to the pool. */
    private static void close(@Nullable Connection connection, Throwable cause) {
        if (connection == null) {
            return;
        }
        try (connection) {
            execute(connection, "unlisten " + CHANNEL);
        } catch (SQLException failure) {
            cause.addSuppressed(failure);
        }
    }

    private void receive(String message) {
        int space = message.indexOf(' ');
        String name = space < 0 ? message : message.substring(0, space);
        for (Topic topic : Topic.values()) {
            if (topic.name().equals(name)) {
                deliver(topic, space < 0 ? "" : message.substring(space + 1));
            }
        }
    }

    private void deliver(Topic topic, String argument) {
        for (var listener : listeners.getOrDefault(topic, List.of())) {
            try {
                listener.accept(argument);
            } catch (Throwable failure) {
                Log.errorf(failure, "listener failed topic=%s argument=%s", topic, argument);
            }
        }
    }
}
