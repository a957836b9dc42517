package io.carillon.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CollectorTest {
    private static final Settings NOTHING = new Settings(Optional.empty(), Optional.empty());

    @Test
    void withoutAnEndpointThereIsNone() {
        assertThat(of(NOTHING, Map.of())).isEmpty();
        assertThat(of(NOTHING, Map.of("OTEL_SERVICE_NAME", "jobs"))).isEmpty();
    }

    @Test
    void settingsAreBeforeVariables() {
        var settings = new Settings(Optional.of("https://a.example/otlp/"), Optional.of("k=v"));
        var variables =
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://b:4318",
                        "OTEL_EXPORTER_OTLP_HEADERS", "x=y");

        assertThat(of(settings, variables))
                .contains(
                        new Collector(
                                "https://a.example/otlp/v1/traces",
                                Map.of("k", "v"),
                                Map.of("service.name", "carillon")));
    }

    @Test
    void itsAddressForPeopleHasNoPassword() {
        var settings =
                new Settings(
                        Optional.of("https://carillon:hidden@a.example:4318/otlp"),
                        Optional.empty());

        assertThat(of(settings, Map.of()).orElseThrow().address())
                .isEqualTo("https://a.example:4318/otlp/v1/traces");
    }

    @Test
    void variablesOfOpenTelemetryAreEnough() {
        var variables =
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://b:4318",
                        "OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20YTpi==, x = 1+1 ,none",
                        "OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment=test",
                        "OTEL_SERVICE_NAME", "jobs");

        assertThat(of(NOTHING, variables))
                .contains(
                        new Collector(
                                "http://b:4318/v1/traces",
                                Map.of("authorization", "Basic YTpi==", "x", "1+1"),
                                Map.of("service.name", "jobs", "deployment", "test")));
    }

    @Test
    void theSwitchOfOpenTelemetryTurnsThemOff() {
        var settings = new Settings(Optional.of("https://a.example"), Optional.empty());

        assertThat(of(settings, Map.of("OTEL_SDK_DISABLED", "true"))).isEmpty();
    }

    @Test
    void aVariableThatIsNoUrlIsNamed() {
        assertThatThrownBy(() -> of(NOTHING, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "b:4318")))
                .hasMessage("\"b:4318\" is not a URL");
    }

    private static Optional<Collector> of(Settings settings, Map<String, String> variables) {
        return Collector.of(settings, name -> Optional.ofNullable(variables.get(name)));
    }

    private record Settings(Optional<String> endpoint, Optional<String> headers)
            implements TraceConfig {
        @Override
        public Optional<String> link() {
            return Optional.empty();
        }

        @Override
        public double ratio() {
            return 1;
        }
    }
}
