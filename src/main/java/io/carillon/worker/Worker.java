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
 * The pool inside this replica, as the cluster sees it: an id and a lease. One loop renews it,
 * another sees when it could not; the id changes when the lease was lost.
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
     * Beside the heartbeat, which a connection that does not answer can hold up for longer than the
     * lease.
     */
    private final Loop leaseWatch;

    private volatile UUID id = new UUID(0, 0);
    private volatile long renewedNanos;
    private volatile boolean leased;
    private volatile boolean hasLost;
    private volatile long registeredNanos;

    /** When the lease was last held steadily; of the start before the first registration. */
    private volatile long steadyNanos = System.nanoTime();

    /** As configured, until somebody scales this worker; kept when it registers anew. */
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
        // Registers; if the database is away just now, a later beat does. Nothing else may beat
        // before it has ended: two that register at the same time leave a worker that nobody is.
        try {
            beat();
        } catch (RuntimeException failure) {
            Log.warnf("worker not registered yet: %s", failure.getMessage());
        }
        // A beat learns this worker's capacity; if the message is lost, the next one does.
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
     * How long this worker has had no lease that holds: one that was lost counts again once it has
     * been held for its whole length. Zero where nothing runs.
     */
    Duration withoutLease() {
        return config.enabled() ? Duration.ofNanos(System.nanoTime() - steadyNanos) : Duration.ZERO;
    }

    /** How many slots this worker has; somebody may change it at any time. */
    public int capacity() {
        return capacity;
    }

    /** Calls {@code listener} when {@link #capacity} has changed. */
    public void onCapacity(Runnable listener) {
        capacityListeners.add(listener);
    }

    /** This worker's id; another one after every lost lease. */
    public UUID id() {
        return id;
    }

    /**
     * Whether the database still counts this worker as alive, to this worker's knowledge. Turns
     * false a heartbeat before the database would give its executions away.
     */
    public boolean isLeased() {
        long safeNanos = config.lease().minus(config.heartbeat()).toNanos();
        return leased && System.nanoTime() - renewedNanos < safeNanos;
    }

    /**
     * Calls {@code listener} when everything that runs here must stop, because others may run it.
     */
    public void onLost(Runnable listener) {
        lostListeners.add(listener);
    }

    /** Tells the cluster that this worker claims no more. */
    public void stopping() {
        store.stopping(id);
    }

    /** Ends the lease; what still ran has been given back. */
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
            lose("its lease was given away");
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
