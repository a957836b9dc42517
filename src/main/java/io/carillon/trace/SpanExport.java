package io.carillon.trace;

import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.Node;
import io.carillon.replica.StartOrder;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Sends spans to the collector in batches, by OTLP over HTTP. A collector that is away or slow is
 * told once, and once more when it is back.
 */
@ApplicationScoped
@RegisterForReflection(
        classNames = "io.opentelemetry.exporter.sender.jdk.internal.JdkHttpSenderProvider")
class SpanExport {
    private static final int MAX_BATCH = 512;
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** For a batch with all its retries, which the exporter makes. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration END_PATIENCE = Duration.ofSeconds(5);

    private final Traces traces;
    private final TraceMetrics metrics;
    private final String version;
    private final Loops loops;
    private final Loop loop;
    private @Nullable SpanExporter exporter;
    private Resource resource = Resource.empty();

    /** Used only by the thread that sends. */
    private boolean isRefusing;

    SpanExport(
            Traces traces,
            TraceMetrics metrics,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown")
                    String version,
            Loops loops) {
        this.traces = traces;
        this.metrics = metrics;
        this.version = version;
        this.loops = loops;
        this.loop = loops.background("traces", this::round);
    }

    void start(@Observes @Priority(StartOrder.KEYS) StartupEvent event) {
        traces.collector().ifPresent(this::start);
    }

    private void start(Collector collector) {
        var builder =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(collector.url())
                        .setCompression("gzip")
                        .setTimeout(PATIENCE)
                        .setRetryPolicy(RetryPolicy.builder().setMaxAttempts(3).build());
        collector.headers().forEach(builder::addHeader);
        exporter = builder.build();
        var attributes =
                Attributes.builder()
                        .put("service.version", version)
                        .put("service.instance.id", Node.name());
        collector.attributes().forEach(attributes::put);
        resource = Resource.getDefault().merge(Resource.create(attributes.build()));
        Log.infof("traces are sent to %s", collector.address());
        loops.start(loop);
    }

    /** After everything that makes spans has stopped: sends the rest. */
    void stop(@Observes @Priority(StartOrder.LAST) ShutdownEvent event) {
        if (exporter == null) {
            return;
        }
        loop.stop();
        long deadline = System.nanoTime() + END_PATIENCE.toNanos();
        while (System.nanoTime() < deadline && send(exporter, END_PATIENCE) > 0) {
            continue;
        }
        var _ = exporter.shutdown().join(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Duration round() {
        return exporter != null && send(exporter, PATIENCE) == MAX_BATCH ? Duration.ZERO : PAUSE;
    }

    /**
     * @return how many spans the batch had
     */
    private int send(SpanExporter to, Duration patience) {
        var spans = traces.take(MAX_BATCH);
        if (spans.isEmpty()) {
            return 0;
        }
        List<SpanData> batch =
                spans.stream().<SpanData>map(each -> new SpanOfResource(each, resource)).toList();
        var result = to.export(batch).join(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (result.isSuccess()) {
            if (isRefusing) {
                Log.info("the collector takes traces again");
            }
            isRefusing = false;
            metrics.sent(batch.size());
        } else {
            if (!isRefusing) {
                Log.warnf(
                        "the collector does not take traces, they are lost until it does: %s",
                        why(result.getFailureThrowable()));
            }
            isRefusing = true;
            metrics.refused(batch.size());
        }
        return batch.size();
    }

    private static String why(@Nullable Throwable failure) {
        if (failure == null) {
            return "no answer in time";
        }
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
