package io.carillon.calendar;

import io.carillon.problem.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Defines a calendar, as a client writes it and as it is stored. */
@Schema(name = "CalendarDefinition")
@RegisterForReflection
record CalendarDefinition(
        @Size(max = 4000) @Schema(description = "For people") @Nullable String description,
        @Schema(examples = "Europe/Paris", description = "IANA name or offset; default UTC")
                @Nullable String timeZone,
        @NotNull @Size(max = MAX_ENTRIES) @Schema(description = "The excluded times; may be empty")
                List<@Valid @NotNull CalendarEntry> entries) {

    static final int MAX_ENTRIES = 2000;

    /** The limit exists because a search compares each of these entries at every instant. */
    private static final int MAX_RECURRING = 200;

    private static final int LONGEST_ZONE = 64;

    /**
     * @throws ProblemException 400 naming the entry
     */
    ExclusionCalendar compile(String name) {
        return new ExclusionCalendar(name, zone(), rules());
    }

    /**
     * @throws ProblemException 400 naming the entry
     */
    List<ExclusionCalendar.Rule> rules() {
        var rules = new ArrayList<ExclusionCalendar.Rule>();
        int recurring = 0;
        for (int index = 0; index < entries.size(); index++) {
            var rule = entries.get(index).compile("entries[" + index + "]");
            recurring += rule.firstDay() == rule.lastDay() || rule.dayOfYear() != null ? 0 : 1;
            rules.add(rule);
        }
        if (recurring > MAX_RECURRING) {
            throw ProblemException.invalid(
                    "entries",
                    "at most " + MAX_RECURRING + " that are neither a date nor a day of the year");
        }
        return rules;
    }

    private ZoneId zone() {
        if (timeZone == null) {
            return ZoneOffset.UTC;
        }
        try {
            if (timeZone.length() <= LONGEST_ZONE) {
                return ZoneId.of(timeZone);
            }
        } catch (DateTimeException unknown) {
            // Reported below.
        }
        throw ProblemException.invalid(
                "timeZone",
                "unknown time zone, expected an IANA name such as Europe/Paris or an offset such as"
                        + " +02:00");
    }
}
