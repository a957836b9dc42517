package io.carillon.handler.backup;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Defines what is backed up, where to, and how many backups are kept. */
@RegisterForReflection
@Schema(
        name = "BackupConfig",
        title = "backup_task",
        description =
                "Backs up a database or a folder that the administrator has named to a folder or a bucket",
        examples =
                "{\"datasource\": \"shop\", \"to\": \"backups\", \"keep\": 14,"
                        + " \"encryptionKey\": \"{{secret.backup-key}}\"}")
record BackupConfig(
        @Size(min = 1, max = 63)
                @Schema(
                        description = "A name of carillon.datasources.urls; this or root",
                        examples = "shop")
                @Nullable String datasource,
        @Size(min = 1, max = 63)
                @Schema(
                        description = "A name of carillon.files.roots: what is backed up",
                        examples = "documents")
                @Nullable String root,
        @Size(max = 1000)
                @Schema(
                        description = "With root: a folder under it; absent: the root itself",
                        examples = "contracts")
                @Nullable String folder,
        @Size(min = 1, max = 63)
                @Schema(
                        description =
                                "A name of carillon.files.roots: where the backup is written; this or s3",
                        examples = "backups")
                @Nullable String to,
        @Size(max = 1000)
                @Schema(
                        description =
                                "With to: an existing folder under it; absent: the root itself",
                        examples = "shop")
                @Nullable String toFolder,
        @Valid @Schema(description = "The bucket to which the backup is written; this or to")
                @Nullable BucketConfig s3,
        @Pattern(
                        regexp = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
                        message = "expected letters, digits, '.', '_' and '-'")
                @Schema(
                        description =
                                "How names of backups begin; absent: the datasource, or the last part of root and folder",
                        examples = "shop")
                @Nullable String name,
        @Min(1)
                @Max(10_000)
                @Schema(
                        description =
                                "How many backups of this job are kept, with the new one; absent: all",
                        examples = "14")
                @Nullable Integer keep,
        @Pattern(regexp = "custom|plain", message = "expected custom or plain")
                @Schema(
                        description =
                                "With datasource: custom, for pg_restore, or plain, SQL for psql",
                        defaultValue = "custom")
                @Nullable String format,
        @Pattern(regexp = "gzip|zstd|none", message = "expected gzip, zstd or none")
                @Schema(description = "gzip, zstd or none", defaultValue = "gzip")
                @Nullable String compression,
        @Size(max = 500)
                @Schema(
                        description =
                                "The secret with the key of age (AGE-SECRET-KEY-1…), as a placeholder only; absent: not encrypted",
                        examples = "{{secret.backup-key}}")
                @Nullable String encryptionKey) {

    String folderOrRoot() {
        return folder == null ? "" : folder;
    }

    String toFolderOrRoot() {
        return toFolder == null ? "" : toFolder;
    }

    boolean asSql() {
        return "plain".equals(format);
    }

    Compression compressed() {
        return compression == null ? Compression.GZIP : Compression.of(compression);
    }

    /** Returns the beginning of the file's name. */
    String nameOrDefault() {
        if (name != null) {
            return name;
        }
        if (datasource != null) {
            return datasource;
        }
        String source = folderOrRoot().isEmpty() ? Objects.requireNonNull(root) : folderOrRoot();
        return source.substring(source.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
