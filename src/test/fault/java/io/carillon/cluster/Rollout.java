package io.carillon.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * What Kubernetes does in a rolling update, with the times of a Deployment: it probes, sends new
 * connections in turn to what is ready, goes on sending to what is being stopped for as long as its
 * {@code preStop} lasts, and then ends it.
 */
final class Rollout implements AutoCloseable {
    private final Deployment deployment;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
    private final List<Pod> pods = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    /** A replica as a Service and its kubelet know it. */
    static final class Pod {
        private final Replica replica;
        private final AtomicInteger answersWhileItEnds = new AtomicInteger();
        private volatile boolean isStarted;
        private volatile boolean isReady;
        private volatile boolean isEnding;
        private volatile long readySinceNanos;
        private int failures;

        private Pod(Replica replica) {
            this.replica = replica;
        }

        KeptConnection connect() throws IOException {
            return new KeptConnection(replica.uri("/"));
        }

        void answered() {
            if (isEnding) {
                answersWhileItEnds.incrementAndGet();
            }
        }

        /** How many requests it answered after its SIGTERM. */
        int answersWhileItEnds() {
            return answersWhileItEnds.get();
        }
    }

    Rollout(Deployment deployment) {
        this.deployment = deployment;
    }

    Pod run(Replica replica) {
        var pod = new Pod(replica);
        pods.add(pod);
        clock.execute(() -> probe(pod));
        return pod;
    }

    void awaitReady(Pod pod) {
        awaitReady(pod, Duration.ZERO);
    }

    /** Ready for as long as the Deployment asks for before it ends an old one. */
    void awaitAvailable(Pod pod) {
        awaitReady(pod, Duration.ofSeconds(deployment.getSpec().getMinReadySeconds()));
    }

    private static void awaitReady(Pod pod, Duration needed) {
        Awaitility.await("a replica that is ready for " + needed)
                .atMost(Duration.ofMinutes(3))
                .until(
                        () ->
                                pod.isReady
                                        && System.nanoTime() - pod.readySinceNanos
                                                >= needed.toNanos());
    }

    /** Where a Service leads a new connection. */
    Pod next() {
        var ready = pods.stream().filter(pod -> pod.isReady).toList();
        if (ready.isEmpty()) {
            throw new IllegalStateException("no replica is ready");
        }
        return ready.get(Math.floorMod(turn.getAndIncrement(), ready.size()));
    }

    /** Ends a pod beside what the caller does; fails unless its process ends in time. */
    CompletableFuture<Void> terminate(Pod pod) {
        var preStop =
                Duration.ofSeconds(container().getLifecycle().getPreStop().getSleep().getSeconds());
        var patience =
                Duration.ofSeconds(
                        deployment
                                .getSpec()
                                .getTemplate()
                                .getSpec()
                                .getTerminationGracePeriodSeconds());
        return CompletableFuture.runAsync(
                () -> {
                    pods.remove(pod);
                    pod.isEnding = true;
                    pod.replica.stop(patience.minus(preStop));
                },
                CompletableFuture.delayedExecutor(preStop.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void probe(Pod pod) {
        if (!pod.isStarted && !isAnswered(pod, container().getStartupProbe())) {
            again(pod, container().getStartupProbe());
            return;
        }
        pod.isStarted = true;
        var probe = container().getReadinessProbe();
        if (isAnswered(pod, probe)) {
            if (!pod.isReady) {
                pod.readySinceNanos = System.nanoTime();
            }
            pod.failures = 0;
            pod.isReady = true;
        } else if (++pod.failures >= failuresBorne(probe)) {
            pod.isReady = false;
        }
        again(pod, probe);
    }

    private void again(Pod pod, Probe probe) {
        if (!pod.isEnding) {
            var _ = clock.schedule(() -> probe(pod), probe.getPeriodSeconds(), TimeUnit.SECONDS);
        }
    }

    private static int failuresBorne(Probe probe) {
        return probe.getFailureThreshold() == null ? 3 : probe.getFailureThreshold();
    }

    private static boolean isAnswered(Pod pod, Probe probe) {
        try (var connection = pod.connect()) {
            return connection.send("GET", probe.getHttpGet().getPath(), "").status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private Container container() {
        return deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        pods.forEach(pod -> pod.replica.close());
    }
}
