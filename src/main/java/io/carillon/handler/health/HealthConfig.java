package io.carillon.handler.health;

import io.carillon.handler.http.ExpectedBody;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** Defines what is probed, {@code url} or {@code tcp}, and what counts as healthy. */
@RegisterForReflection
@Schema(
        name = "HealthConfig",
        title = "health_check",
        description =
                "Probes a URL or a TCP port: status, latency, body, days left of the certificate",
        examples = "{\"url\": \"https://example.com/health\", \"certificateDays\": 14}")
record HealthConfig(
        @Size(max = 8192)
                @Schema(
                        description =
                                "Absolute, http or https, requested by GET; either this or tcp",
                        examples = "https://example.com/health")
                @Nullable String url,
        @Size(max = 300)
                @Pattern(regexp = ".+:\\d{1,5}", message = "expected host:port")
                @Schema(
                        description = "host:port that must accept a connection; either this or url",
                        examples = "db.example.com:5432")
                @Nullable String tcp,
        @Schema(
                        description = "With tcp: whether to use TLS, to check the certificate",
                        defaultValue = "false")
                @Nullable Boolean tls,
        @Min(100)
                @Max(599)
                @Schema(description = "With url: the status; absent: any 2xx", examples = "200")
                @Nullable Integer status,
        @Valid @Schema(description = "With url: what the body must have")
                @Nullable ExpectedBody expectedBody,
        @DurationMin(millis = 1)
                @Schema(
                        type = SchemaType.STRING,
                        description =
                                "The longest time until the answer; absent: the job's timeout",
                        examples = "2s")
                @Nullable Duration maxLatency,
        @Min(0)
                @Max(3650)
                @Schema(
                        description = "With TLS: how many days the certificate must still be valid",
                        defaultValue = "14")
                @Nullable Integer certificateDays) {
    private static final int CERTIFICATE_DAYS = 14;

    int daysOfCertificate() {
        return certificateDays == null ? CERTIFICATE_DAYS : certificateDays;
    }

    boolean speaksTls() {
        return Boolean.TRUE.equals(tls);
    }
}
