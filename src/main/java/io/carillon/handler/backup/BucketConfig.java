package io.carillon.handler.backup;

import io.carillon.handler.http.CallTarget;
import io.carillon.placeholder.Placeholders;
import io.carillon.problem.Problem.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Defines the bucket of S3, or of what speaks its protocol, to which backups are written. */
@RegisterForReflection
@Schema(
        name = "BackupBucket",
        description = "A bucket of S3, or of another store with its protocol",
        examples =
                "{\"region\": \"eu-central-1\", \"bucket\": \"shop-backups\", \"prefix\": \"carillon\","
                        + " \"accessKey\": \"{{secret.s3-access-key}}\", \"secretKey\": \"{{secret.s3-secret-key}}\"}")
record BucketConfig(
        @Size(min = 1, max = 1000)
                @Schema(
                        description =
                                "http or https, host and perhaps port; absent: that of AWS for the region",
                        examples = "https://s3.example.com")
                @Nullable String endpoint,
        @Pattern(
                        regexp = "[a-z0-9][a-z0-9-]{0,62}",
                        message = "expected a region such as eu-central-1")
                @Schema(
                        description = "With endpoint us-east-1 if absent; else required",
                        examples = "eu-central-1")
                @Nullable String region,
        @NotBlank
                @Pattern(
                        regexp = "[A-Za-z0-9][A-Za-z0-9._-]{1,62}",
                        message =
                                "expected the name of a bucket: letters, digits, '.', '_' and '-'")
                @Schema(description = "An existing bucket", examples = "shop-backups")
                String bucket,
        @Size(max = 500)
                @Pattern(
                        regexp =
                                "(?:(?!\\.{1,2}(?:/|$))[A-Za-z0-9._=@+-]+/)*(?!\\.{1,2}$)[A-Za-z0-9._=@+-]*",
                        message =
                                "expected parts of letters, digits, '.', '_', '=', '@', '+' and '-', with '/' between them")
                @Schema(
                        description = "How keys begin, as a folder; absent: with the name",
                        examples = "carillon/shop")
                @Nullable String prefix,
        @Schema(
                        description =
                                "Whether the bucket is in the path of URLs and not in their host; absent: true with endpoint, else false",
                        examples = "true")
                @Nullable Boolean pathStyle,
        @NotBlank
                @Size(max = 500)
                @Schema(
                        description = "The access key's id, or the placeholder of a secret",
                        examples = "{{secret.s3-access-key}}")
                String accessKey,
        @NotBlank
                @Size(max = 500)
                @Schema(
                        description = "The placeholder of a secret",
                        examples = "{{secret.s3-secret-key}}")
                String secretKey,
        @Min(5)
                @Max(64)
                @Schema(
                        description =
                                "Size of the parts in which it is sent, in MiB, and about the memory that an attempt takes at most; a backup has up to 10,000",
                        defaultValue = "16",
                        examples = "64")
                @Nullable Integer partSizeMib) {
    static final String ENDPOINT = "s3.endpoint";
    private static final int DEFAULT_PART = 16;
    private static final int MEBIBYTE = 1 << 20;

    /** Returns what is wrong with it when it is saved. */
    List<Violation> violations() {
        var violations = new ArrayList<Violation>();
        if (endpoint == null) {
            if (region == null) {
                violations.add(new Violation("s3.region", "is missing, and there is no endpoint"));
            }
        } else if (!CallTarget.isOne(endpoint)
                || !CallTarget.of(endpoint).pathAndQuery().equals("/")
                || URI.create(endpoint).getHost() == null) {
            violations.add(
                    new Violation(
                            ENDPOINT,
                            "expected http or https and a host without '_', such as https://s3.example.com; the bucket has a field of its own"));
        }
        // A secret in clear would be stored with the job, and be read back with it.
        if (!secretKey.equals(Placeholders.SAMPLE_SECRET)) {
            violations.add(
                    new Violation(
                            "s3.secretKey",
                            "expected one secret, such as {{secret.s3-secret-key}}"));
        }
        return violations;
    }

    String endpointOrDefault() {
        return endpoint != null
                ? endpoint
                : "https://s3.%s.amazonaws.com%s"
                        .formatted(region, regionOrDefault().startsWith("cn-") ? ".cn" : "");
    }

    String regionOrDefault() {
        return Objects.requireNonNullElse(region, "us-east-1");
    }

    boolean isPathStyle() {
        return pathStyle != null ? pathStyle : endpoint != null;
    }

    /** Returns how keys begin: empty, or with a slash at its end. */
    String folder() {
        return prefix == null || prefix.isEmpty() || prefix.endsWith("/")
                ? Objects.requireNonNullElse(prefix, "")
                : prefix + "/";
    }

    int partBytes() {
        return (partSizeMib == null ? DEFAULT_PART : partSizeMib) * MEBIBYTE;
    }

    /** Hides the keys. */
    @Override
    public String toString() {
        return "the bucket %s of %s".formatted(bucket, endpointOrDefault());
    }
}
