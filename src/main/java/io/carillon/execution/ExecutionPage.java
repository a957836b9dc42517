package io.carillon.execution;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of executions; {@code nextCursor} is absent on the last. */
@Schema(name = "ExecutionPage")
public record ExecutionPage(
        List<ExecutionView> items,
        @Schema(description = "Give it as `cursor` for the page after this")
                @Nullable String nextCursor) {}
