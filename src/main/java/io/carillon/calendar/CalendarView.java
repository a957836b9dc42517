package io.carillon.calendar;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Shows a calendar to clients. */
@Schema(name = "Calendar")
@RegisterForReflection
public record CalendarView(
        @Schema(examples = "default") String namespace,
        @Schema(examples = "closed-shops") String name,
        @Schema(description = "Grows with every change; used as the ETag", examples = "0")
                long version,
        @Nullable String description,
        @Schema(examples = "Europe/Paris") @Nullable String timeZone,
        List<CalendarEntry> entries,
        Instant createdAt,
        Instant updatedAt) {

    @Schema(name = "CalendarPage")
    @RegisterForReflection
    public record Page(
            List<CalendarView> items,
            @Schema(examples = "1") int page,
            @Schema(examples = "20") int limit,
            @Schema(examples = "1") long totalCount,
            @Schema(examples = "1") long totalPages) {}

    CalendarDefinition definition() {
        return new CalendarDefinition(description, timeZone, entries);
    }
}
