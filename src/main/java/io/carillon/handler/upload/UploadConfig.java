package io.carillon.handler.upload;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Defines which file is sent, and where. */
@RegisterForReflection
@Schema(
        name = "UploadConfig",
        title = "file_upload",
        description = "Sends a file under a root that the administrator has named to a URL",
        examples =
                "{\"root\": \"reports\", \"path\": \"daily/sales.csv\", \"url\": \"https://example.com/sales.csv\"}")
record UploadConfig(
        @NotBlank
                @Size(max = 63)
                @Schema(description = "A name of carillon.files.roots", examples = "reports")
                String root,
        @NotBlank
                @Size(max = 1000)
                @Schema(description = "The file, under the root", examples = "daily/sales.csv")
                String path,
        @NotBlank
                @Size(max = 8192)
                @Schema(
                        description = "Absolute, http or https, without a user",
                        examples = "https://example.com/sales.csv")
                String url,
        @Pattern(regexp = "PUT|POST", message = "expected PUT or POST")
                @Schema(description = "PUT or POST", defaultValue = "PUT")
                @Nullable String method,
        @Size(max = 100)
                @Schema(
                        description =
                                "Sent in addition to Carillon's own; default Content-Type: application/octet-stream",
                        examples = "{\"Content-Type\": \"text/csv\"}")
                @Nullable Map<String, @Size(max = 8192) String> headers) {
    String folder() {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
