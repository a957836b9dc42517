package io.carillon.handler.cleanup;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** Defines which files are deleted. */
@RegisterForReflection
@Schema(
        name = "CleanupConfig",
        title = "cleanup_task",
        description = "Deletes files by age and name under a root that the administrator has named",
        examples =
                "{\"root\": \"reports\", \"folder\": \"daily\", \"pattern\": \"*.csv\", \"olderThan\": \"P30D\","
                        + " \"dryRun\": true}")
record CleanupConfig(
        @NotBlank
                @Size(max = 63)
                @Schema(description = "A name of carillon.files.roots", examples = "reports")
                String root,
        @Size(max = 1000)
                @Schema(
                        description = "A folder under the root; absent: the root itself",
                        examples = "daily")
                @Nullable String folder,
        @Size(min = 1, max = 255)
                @Schema(
                        description = "File names: * matches any characters, ? one",
                        defaultValue = "*",
                        examples = "*.csv")
                @Nullable String pattern,
        @NotNull
                @DurationMin(minutes = 1)
                @DurationMax(days = 36_500)
                @Schema(
                        type = SchemaType.STRING,
                        description = "Only files last modified at least this long ago, from 1m",
                        examples = "30d")
                Duration olderThan,
        @Schema(description = "Whether to clean subfolders too", defaultValue = "false")
                @Nullable Boolean recursive,
        @Schema(description = "Only counts, deletes nothing", defaultValue = "false")
                @Nullable Boolean dryRun,
        @Min(1)
                @Max(1_000_000)
                @Schema(description = "Ends after this many files", defaultValue = "10000")
                @Nullable Integer maxFiles) {
    private static final int MAX_FILES = 10_000;

    String folderOrRoot() {
        return folder == null ? "" : folder;
    }

    NamePattern names() {
        return new NamePattern(pattern == null ? "*" : pattern);
    }

    boolean goesDown() {
        return Boolean.TRUE.equals(recursive);
    }

    boolean onlyCounts() {
        return Boolean.TRUE.equals(dryRun);
    }

    int limit() {
        return maxFiles == null ? MAX_FILES : maxFiles;
    }
}
