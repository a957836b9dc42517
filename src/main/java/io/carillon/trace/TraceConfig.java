package io.carillon.trace;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Settings of traces. */
@ConfigMapping(prefix = "carillon.traces")
public interface TraceConfig {
    /**
     * The address of a collector that takes OTLP by HTTP, without {@code /v1/traces}; without it
     * nothing is sent.
     */
    Optional<String> endpoint();

    /** Headers for the collector: {@code name=value}, several by commas. */
    Optional<String> headers();

    /** Where people see a trace: a URL with {@code {traceId}} in it. */
    Optional<String> link();

    /** Which part of the executions is traced. */
    @WithDefault("1")
    double ratio();
}
