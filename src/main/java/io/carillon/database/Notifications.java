package io.carillon.database;

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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Messages between replicas over PostgreSQL's LISTEN and NOTIFY. A message sent in a transaction
 * arrives after its commit, and only then. One thread and one connection per replica; listeners run
 * on that thread and must not block.
 */
@ApplicationScoped
public class Notifications {
    private static final String CHANNEL = "carillon";

    /** A message that is about no topic. */
    private static final String STOP = "STOP";

    private static final Duration STOP_WAIT = Duration.ofSeconds(2);
    private static final Duration RECONNECT_DELAY = Duration.ofMillis(500);

    /** After so long a silence the connection is asked whether it still lives. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    /** Hints are sent no more often than this. */
    private static final Duration GATHER = Duration.ofMillis(1);

    private final DataSource dataSource;
    private final AfterCommit afterCommit;
    private final Map<Topic, List<Consumer<String>>> listeners = new EnumMap<>(Topic.class);
    private final Thread thread =
            Thread.ofPlatform().name("carillon-notifications").daemon().unstarted(this::listen);
    private final BlockingQueue<String> hints = new LinkedBlockingQueue<>();
    private final Thread hinting =
            Thread.ofPlatform().name("carillon-hints").daemon().unstarted(this::sendHints);

    private volatile boolean stopping;
    private volatile boolean listening;

    Notifications(DataSource dataSource, AfterCommit afterCommit) {
        this.dataSource = dataSource;
        this.afterCommit = afterCommit;
        for (Topic topic : Topic.values()) {
            listeners.put(topic, new CopyOnWriteArrayList<>());
        }
    }

    void start(@Observes @Priority(StartOrder.NOTIFICATIONS) StartupEvent event) {
        thread.start();
        hinting.start();
    }

    void stop(@Observes @Priority(StartOrder.LAST) ShutdownEvent event) {
        stopping = true;
        hinting.interrupt();
        if (listening) {
            endListening();
        }
        thread.interrupt();
    }

    /** Nothing but a message ends a wait for messages, and the pool warns of sessions in use. */
    private void endListening() {
        try {
            sendHints(Set.of(STOP));
            thread.join(STOP_WAIT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
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
     * Sends to every replica, this one included, once the transaction of {@code connection}
     * commits.
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
     * Hints to every replica, once the current JTA transaction has committed, or at once when there
     * is none. PostgreSQL commits transactions that notify one after the other, so hot ones hint:
     * this replica's listeners are called directly, and all hints of a millisecond are sent
     * together in a transaction of their own. They are lost if this replica dies before; to be used
     * for what polling finds as well.
     */
    public void soon(Topic topic, String argument) {
        afterCommit.run(
                () -> {
                    deliver(topic, argument);
                    hints.add(topic.name() + " " + argument);
                });
    }

    private void sendHints() {
        var gathered = new LinkedHashSet<String>();
        while (!stopping) {
            try {
                gathered.add(hints.take());
                hints.drainTo(gathered);
                sendHints(gathered);
                gathered.clear();
                Thread.sleep(GATHER);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            } catch (SQLException | RuntimeException lost) {
                gathered.clear();
                Log.debugf("hints lost, polling finds what they were about: %s", lost.getMessage());
            }
        }
    }

    private void sendHints(Set<String> messages) throws SQLException {
        try (var connection = dataSource.getConnection();
                var statement =
                        connection.prepareStatement(
                                "select pg_notify(?, message) from unnest(?::varchar[]) as message")) {
            statement.setString(1, CHANNEL);
            statement.setArray(2, connection.createArrayOf("varchar", messages.toArray()));
            statement.execute();
        }
    }

    private void listen() {
        while (!stopping) {
            try (var connection = dataSource.getConnection()) {
                listenOn(connection);
            } catch (SQLException | RuntimeException failure) {
                if (!stopping) {
                    Log.warnf(
                            "notifications lost, polling until they are back: %s",
                            failure.getMessage());
                    pause();
                }
            }
        }
    }

    private void listenOn(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("listen " + CHANNEL);
            for (Topic topic : Topic.values()) {
                deliver(topic, "");
            }
            var postgres = connection.unwrap(PGConnection.class);
            listening = true;
            while (!stopping) {
                var messages = postgres.getNotifications((int) SILENCE.toMillis());
                if (messages == null || messages.length == 0) {
                    statement.execute("select 1");
                    continue;
                }
                for (var message : messages) {
                    receive(message.getParameter());
                }
            }
            statement.execute("unlisten " + CHANNEL);
        } finally {
            listening = false;
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
            } catch (RuntimeException failure) {
                Log.errorf(failure, "listener failed topic=%s argument=%s", topic, argument);
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(RECONNECT_DELAY);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }
}
