package io.carillon.event.api;

import io.carillon.database.DatabaseClock;
import io.carillon.event.Event;
import io.carillon.event.EventQueries;
import io.carillon.event.Position;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.ReplicaRole;
import io.carillon.replica.Roles;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Reads new events once for all readers of this replica, while there are any. */
@ApplicationScoped
class EventFeed {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration NOBODY_READS = Duration.ofMinutes(1);

    /** How many events are kept for readers that are a little behind. */
    private static final int KEPT = 10_000;

    private static final int ROWS = 200;

    /** How many readers that are far behind read from PostgreSQL at once. */
    private static final int CATCHING_UP = 4;

    private final EventQueries queries;
    private final DatabaseClock clock;
    private final Roles roles;
    private final Loops loops;
    private final Loop loop;
    private final Semaphore catchingUp = new Semaphore(CATCHING_UP);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();

    /** The last events; guarded by the lock, as is the rest. */
    private final Deque<Event> kept = new ArrayDeque<>();

    /** The place after which {@code kept} has all events; null: nobody has read yet. */
    private @Nullable Position from;

    private final Set<Reader> readers = new HashSet<>();
    private Position end = Position.FIRST;
    private boolean stopping;
    private volatile Duration behind = Duration.ZERO;

    EventFeed(EventQueries queries, DatabaseClock clock, Roles roles, Loops loops) {
        this.queries = queries;
        this.clock = clock;
        this.roles = roles;
        this.loops = loops;
        this.loop = loops.background("events", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        if (roles.all().contains(ReplicaRole.API)) {
            loops.start(loop);
        }
    }

    /** Ends all readers, so that none delays the end of this replica. */
    void stopReading(@Observes ShutdownDelayInitiatedEvent event) {
        endReaders();
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        endReaders();
        loop.stop();
    }

    private void endReaders() {
        lock.lock();
        try {
            stopping = true;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Holds the place of one client among the readers, until it leaves or its connection has ended.
     * Not every request for a stream comes as far as to be sent one: the client may have gone, or
     * have asked for the head of it alone.
     */
    final class Reader {
        private final BooleanSupplier isConnected;

        private Reader(BooleanSupplier isConnected) {
            this.isConnected = isConnected;
        }

        void leave() {
            forget(List.of(this));
        }
    }

    /**
     * Adds a reader, unless there are that many already.
     *
     * @param isConnected whether anything can still be sent to it
     */
    Optional<Reader> join(int atMost, BooleanSupplier isConnected) {
        lock.lock();
        try {
            if (stopping || readers.size() >= atMost) {
                return Optional.empty();
            }
            var reader = new Reader(isConnected);
            if (readers.isEmpty()) {
                loop.wake();
            }
            readers.add(reader);
            return Optional.of(reader);
        } finally {
            lock.unlock();
        }
    }

    private void forget(List<Reader> gone) {
        lock.lock();
        try {
            gone.forEach(readers::remove);
            if (readers.isEmpty()) {
                kept.clear();
                from = null;
            }
        } finally {
            lock.unlock();
        }
    }

    int readers() {
        lock.lock();
        try {
            return readers.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Holds what comes next for a reader.
     *
     * @param end up to where these are all
     * @param isGap whether some before these are no longer kept
     */
    record Next(List<Event> events, Position end, boolean isGap, boolean isStopping) {
        static Next nothing(Position after, boolean isStopping) {
            return new Next(List.of(), after, false, isStopping);
        }
    }

    /**
     * Returns the events after a place, and waits for one if there is none.
     *
     * @param atMost how long to wait; then there are no events
     */
    Next after(Position after, Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (!stopping && left > 0 && (from == null || end.compareTo(after) <= 0)) {
                left = more.awaitNanos(left);
            }
            if (stopping || from == null || end.compareTo(after) <= 0) {
                return Next.nothing(after, stopping);
            }
            if (from.compareTo(after) <= 0) {
                return new Next(keptAfter(after), end, false, false);
            }
        } finally {
            lock.unlock();
        }
        return catchUp(after, atMost);
    }

    private List<Event> keptAfter(Position after) {
        var events = new ArrayList<Event>();
        for (var newest = kept.descendingIterator(); newest.hasNext(); ) {
            var event = newest.next();
            if (event.position().compareTo(after) <= 0) {
                break;
            }
            events.add(event);
        }
        return events.reversed();
    }

    private Next catchUp(Position after, Duration atMost) throws InterruptedException {
        if (!catchingUp.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return Next.nothing(after, false);
        }
        try {
            boolean isGap = queries.isMissing(after);
            var read = queries.after(after, null, ROWS);
            return new Next(read.events(), read.end(), isGap, false);
        } finally {
            catchingUp.release();
        }
    }

    /** Asks the connections without the lock, since each has one of its own. */
    private List<Reader> gone() {
        List<Reader> all;
        lock.lock();
        try {
            all = List.copyOf(readers);
        } finally {
            lock.unlock();
        }
        return all.stream().filter(reader -> !reader.isConnected.getAsBoolean()).toList();
    }

    private Duration round() {
        forget(gone());
        Position after;
        lock.lock();
        try {
            if (readers.isEmpty()) {
                behind = Duration.ZERO;
                return NOBODY_READS;
            }
            after = from == null ? null : end;
        } finally {
            lock.unlock();
        }
        if (after == null) {
            begin(queries.now());
            return Duration.ZERO;
        }
        var read = queries.after(after, null, ROWS);
        add(read);
        behind = behind(read);
        return read.isLast() ? POLL : Duration.ZERO;
    }

    private Duration behind(EventQueries.Read read) {
        if (read.isLast() || read.events().isEmpty()) {
            return Duration.ZERO;
        }
        return Duration.between(read.events().getLast().view().at(), clock.now());
    }

    /** How old the last event is that was read, while there are more; else zero. */
    Duration behind() {
        return behind;
    }

    private void begin(Position now) {
        lock.lock();
        try {
            if (!readers.isEmpty()) {
                from = now;
                end = now;
                more.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(EventQueries.Read read) {
        lock.lock();
        try {
            if (from == null) {
                return;
            }
            kept.addAll(read.events());
            while (kept.size() > KEPT) {
                from = kept.removeFirst().position();
            }
            end = read.end();
            if (!read.events().isEmpty()) {
                more.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
