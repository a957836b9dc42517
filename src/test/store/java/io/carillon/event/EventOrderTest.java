package io.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.Database;
import io.carillon.event.EventLog.Happened;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever follows events sees each once, in one order, whatever order transactions commit in. */
@QuarkusTest
@TestProfile(StillReplica.class)
class EventOrderTest {
    private static final int WRITERS = 6;
    private static final int TRANSACTIONS = 150;

    private final EventLog log;
    private final EventQueries queries;
    private final Database database;
    private final DataSource dataSource;
    private Position start;

    EventOrderTest(EventLog log, EventQueries queries, Database database, DataSource dataSource) {
        this.log = log;
        this.queries = queries;
        this.database = database;
        this.dataSource = dataSource;
    }

    @BeforeEach
    void fromNowOn() {
        start = queries.now();
    }

    @Test
    void anEventIsNotReadBeforeOneWithALowerNumberThatMayStillCome() throws SQLException {
        try (var slow = begun();
                var fast = begun()) {
            write(slow, "slow");
            write(fast, "fast");
            fast.commit();
            assertThat(read()).as("while the slow transaction is open").isEmpty();

            slow.commit();
            assertThat(read()).containsExactly("slow", "fast");
        }
    }

    @Test
    void aTransactionThatWasRolledBackHoldsUpNobody() throws SQLException {
        try (var undone = begun()) {
            write(undone, "undone");
            add("done");
            assertThat(read()).isEmpty();

            undone.rollback();
            assertThat(read()).containsExactly("done");
        }
    }

    @Test
    void aLongTransactionWithoutEventsHoldsUpNobody() throws SQLException {
        try (var other = begun();
                var statement = other.createStatement()) {
            statement.execute("update event_dropped set through = through");
            add("done");

            assertThat(read()).containsExactly("done");
            other.rollback();
        }
    }

    @Test
    void whatFollowsASavepointIsWaitedForAsWell() throws SQLException {
        try (var slow = begun()) {
            var savepoint = slow.setSavepoint();
            write(slow, "undone");
            slow.rollback(savepoint);
            write(slow, "slow");
            add("fast");
            assertThat(read()).isEmpty();

            slow.commit();
            assertThat(read()).containsExactly("slow", "fast");
        }
    }

    @Test
    void anEventThatCannotBeReadHidesNoOther() throws SQLException {
        for (var items : List.of("[{\"kind\": []}]", "[{}]", "[{\"kind\": \"odd\"}]", "[7]")) {
            new Rows(dataSource).change("insert into event (items) values (?::jsonb)", items);
        }
        add("after it");

        assertThat(read()).containsExactly("after it");
    }

    @Test
    void manyEventsOfATransactionHoldOneLock() throws SQLException {
        try (var writer = begun();
                var statement = writer.createStatement()) {
            for (int index = 0; index < 50; index++) {
                write(writer, "one of many");
            }
            try (var row =
                    statement.executeQuery(
                            "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(1);
            }
            writer.rollback();
        }
    }

    @Test
    void aReaderBesideManyWritersMissesNothingAndRepeatsNothing() throws Exception {
        Set<String> committed = ConcurrentHashMap.newKeySet();
        var writing = new AtomicInteger(WRITERS);
        try (var threads = Executors.newFixedThreadPool(WRITERS)) {
            var written = new ArrayList<Future<Boolean>>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                Callable<Boolean> work =
                        () -> {
                            try {
                                return write(number, committed);
                            } finally {
                                writing.decrementAndGet();
                            }
                        };
                written.add(threads.submit(work));
            }
            var seen = new ArrayList<String>();
            var places = new ArrayList<Position>();
            var after = start;
            boolean isOver = false;
            while (!isOver) {
                isOver = writing.get() == 0;
                var read = queries.after(after, null, 1000);
                after = read.end();
                isOver &= read.isLast();
                for (var event : read.events()) {
                    seen.add(name(event));
                    places.add(event.position());
                }
            }
            for (var each : written) {
                each.get();
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(committed);
            assertThat(places).isSorted();
        }
    }

    private boolean write(int writer, Set<String> committed) throws SQLException {
        var random = new Random(writer);
        for (int transaction = 0; transaction < TRANSACTIONS; transaction++) {
            try (var connection = begun()) {
                var names = new ArrayList<String>();
                for (int event = random.nextInt(3); event >= 0; event--) {
                    names.add(writer + " " + transaction + " " + event);
                    write(connection, names.getLast());
                    Thread.yield();
                }
                if (random.nextInt(5) == 0) {
                    connection.rollback();
                } else {
                    committed.addAll(names);
                    connection.commit();
                }
            }
        }
        return true;
    }

    private Connection begun() throws SQLException {
        var connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private void add(String name) {
        database.run(connection -> write(connection, name));
    }

    private void write(Connection connection, String name) throws SQLException {
        log.add(
                connection,
                List.of(
                        new Happened(
                                "default",
                                EventItem.ofChange(
                                        "test.done", null, "test", Map.of("name", name)))));
    }

    private List<String> read() {
        return queries.after(start, null, 100).events().stream().map(EventOrderTest::name).toList();
    }

    private static String name(Event event) {
        return String.valueOf(Objects.requireNonNull(event.view().details()).get("name"));
    }
}
