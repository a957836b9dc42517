package io.carillon.worker;

import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.database.UuidV7;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.Node;
import io.carillon.replica.Roles;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Represents this replica's pool in the cluster: an id and a lease. One loop renews the lease,
 * another notices when that fails. After a lost lease the worker gets a new id.
 */
@ApplicationScoped
public class Worker {
    private static final Duration LEASE_WATCH = Duration.ofMillis(200);

    private final WorkerStore store;
    private final WorkerConfig config;
    private final DatabaseClock clock;
    private final String version;
    private final Roles roles;
    private final Notifications notifications;
    private final List<Runnable> lostListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> capacityListeners = new CopyOnWriteArrayList<>();
    private final Loops loops;
    private final Loop heartbeat;

    /**
     * Separate from the heartbeat, which a silent connection can hold up for longer than the lease.
     */
    private final Loop leaseWatch;

    private volatile UUID id = new UUID(0, 0);
    private volatile long renewedNanos;
    private volatile boolean leased;
    private volatile boolean hasLost;
    private volatile long registeredNanos;

    /** When the lease was last steady; before the first registration, the time of the start. */
    private volatile long steadyNanos = System.nanoTime();

    /** As configured, until the worker is scaled; kept when it registers again. */
    private volatile int capacity;

    Worker(
            WorkerStore store,
            WorkerConfig config,
            DatabaseClock clock,
            Roles roles,
            Notifications notifications,
            Loops loops,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown")
                    String version) {
        this.store = store;
        this.config = config;
        this.clock = clock;
        this.roles = roles;
        this.notifications = notifications;
        this.version = version;
        this.capacity = config.capacity();
        this.loops = loops;
        this.heartbeat = loops.vital("heartbeat", this::beatRound);
        this.leaseWatch = loops.vital("lease-watch", this::watchRound);
    }

    void start(@Observes @Priority(StartOrder.WORKER) StartupEvent event) {
        if (!config.enabled()) {
            return;
        }
        // Registers; if the database is away, a later beat does. No other beat may start before
        // this ends: two registrations at the same time would leave a stale worker row behind.
        try {
            beat();
        } catch (RuntimeException failure) {
            Log.warnf("worker not registered yet: %s", failure.getMessage());
        }
        // A beat reads this worker's capacity; if the message is lost, the next beat does.
        notifications.on(Topic.WORKER, argument -> heartbeat.wake());
        loops.start(heartbeat);
        loops.start(leaseWatch);
    }

    private Duration beatRound() {
        beat();
        return config.heartbeat();
    }

    private Duration watchRound() {
        if (leased && !isLeased()) {
            lose("it could not renew its lease");
        }
        long now = System.nanoTime();
        if (isLeased() && (!hasLost || now - registeredNanos >= config.lease().toNanos())) {
            steadyNanos = now;
        }
        return LEASE_WATCH;
    }

    /**
     * Returns how long this worker has had no steady lease: after a loss, a lease is steady again
     * once it has been held for its whole length. Zero on a replica that runs nothing.
     */
    Duration withoutLease() {
        return config.enabled() ? Duration.ofNanos(System.nanoTime() - steadyNanos) : Duration.ZERO;
    }

    /** Returns how many slots this worker has; a client may change it at any time. */
    public int capacity() {
        return capacity;
    }

    /** Calls {@code listener} when {@link #capacity} has changed. */
    public void onCapacity(Runnable listener) {
        capacityListeners.add(listener);
    }

    /** Returns this worker's id, a new one after every lost lease. */
    public UUID id() {
        return id;
    }

    /**
     * Whether, as far as this worker knows, the database still counts it as alive. Turns false one
     * heartbeat before its executions would be taken back.
     */
    public boolean isLeased() {
        long safeNanos = config.lease().minus(config.heartbeat()).toNanos();
        return leased && System.nanoTime() - renewedNanos < safeNanos;
    }

    /**
     * Calls {@code listener} when everything that runs here must stop, because other workers may
     * run it.
     */
    public void onLost(Runnable listener) {
        lostListeners.add(listener);
    }

    /** Records that this worker claims no more. */
    public void stopping() {
        store.stopping(id);
    }

    /** Ends the lease, after executions that still ran have been given back. */
    public void stopped() {
        heartbeat.stop();
        leaseWatch.stop();
        leased = false;
        store.stopped(id);
    }

    private void register() {
        var registered = UuidV7.at(clock.now());
        long sentNanos = System.nanoTime();
        store.register(
                registered,
                Node.host(),
                ProcessHandle.current().pid(),
                version,
                capacity,
                roles.all());
        id = registered;
        renewedNanos = sentNanos;
        registeredNanos = sentNanos;
        leased = true;
        Log.infof("worker registered worker=%s capacity=%d", registered, capacity);
    }

    private void beat() {
        if (!leased) {
            register();
            return;
        }
        long sentNanos = System.nanoTime();
        var renewed = store.beat(id);
        if (renewed.isPresent()) {
            renewedNanos = sentNanos;
            scale(renewed.getAsInt());
        } else {
            lose("its lease has ended");
        }
    }

    private void scale(int wanted) {
        if (wanted != capacity) {
            Log.infof("worker scaled capacity=%d before=%d worker=%s", wanted, capacity, id);
            capacity = wanted;
            capacityListeners.forEach(Runnable::run);
        }
    }

    private synchronized void lose(String why) {
        if (!leased) {
            return;
        }
        leased = false;
        hasLost = true;
        Log.errorf("worker stops what it runs: %s worker=%s", why, id);
        lostListeners.forEach(Runnable::run);
    }
}
