package io.carillon.worker;

import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.StartOrder;
import io.carillon.database.Topic;
import io.carillon.database.UuidV7;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The pool inside this replica, as the cluster sees it: an id and a lease. A background thread
 * renews; the id changes when the lease was lost.
 */
@ApplicationScoped
public class Worker {
    private static final long LEASE_WATCH_MILLIS = 200;

    private final WorkerStore store;
    private final WorkerConfig config;
    private final DatabaseClock clock;
    private final String version;
    private final Roles roles;
    private final Notifications notifications;
    private final List<Runnable> lostListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> capacityListeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService heartbeat =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("carillon-heartbeat").daemon().factory());

    /**
     * Beside the heartbeat, which a connection that does not answer can hold up for longer than the
     * lease.
     */
    private final ScheduledExecutorService leaseWatch =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("carillon-lease-watch").daemon().factory());

    private volatile UUID id = new UUID(0, 0);
    private volatile long renewedNanos;
    private volatile boolean leased;

    /** As configured, until somebody scales this worker; kept when it registers anew. */
    private volatile int capacity;

    Worker(
            WorkerStore store,
            WorkerConfig config,
            DatabaseClock clock,
            Roles roles,
            Notifications notifications,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown")
                    String version) {
        this.store = store;
        this.config = config;
        this.clock = clock;
        this.roles = roles;
        this.notifications = notifications;
        this.version = version;
        this.capacity = config.capacity();
    }

    void start(@Observes @Priority(StartOrder.WORKER) StartupEvent event) {
        if (!config.enabled()) {
            return;
        }
        // Registers; if the database is away just now, a later beat does. Nothing else may beat
        // before it has ended: two that register at the same time leave a worker that nobody is.
        beat();
        notifications.on(Topic.WORKER, argument -> beatSoon());
        long period = config.heartbeat().toMillis();
        var _ = heartbeat.scheduleWithFixedDelay(this::beat, period, period, TimeUnit.MILLISECONDS);
        var _ =
                leaseWatch.scheduleWithFixedDelay(
                        this::watch, LEASE_WATCH_MILLIS, LEASE_WATCH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void watch() {
        if (leased && !isLeased()) {
            lose("it could not renew its lease");
        }
    }

    /** A beat learns this worker's capacity; if the message is lost, the next one does. */
    private void beatSoon() {
        try {
            heartbeat.execute(this::beat);
        } catch (RejectedExecutionException stopped) {
            Log.debugf("not scaled, the worker has stopped worker=%s", id);
        }
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
        heartbeat.shutdownNow();
        leaseWatch.shutdownNow();
        leased = false;
        store.stopped(id);
    }

    private void register() {
        var registered = UuidV7.at(clock.now());
        long sentNanos = System.nanoTime();
        store.register(
                registered,
                hostName(),
                ProcessHandle.current().pid(),
                version,
                capacity,
                roles.all());
        id = registered;
        renewedNanos = sentNanos;
        leased = true;
        Log.infof("worker registered worker=%s capacity=%d", registered, capacity);
    }

    private void beat() {
        try {
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
        } catch (RuntimeException failure) {
            Log.warnf("heartbeat failed worker=%s: %s", id, failure.getMessage());
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
        Log.errorf("worker stops what it runs: %s worker=%s", why, id);
        lostListeners.forEach(Runnable::run);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unknown) {
            return "unknown";
        }
    }
}
