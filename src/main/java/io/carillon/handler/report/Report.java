package io.carillon.handler.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Holds what a document says.
 *
 * @param at the planned instant
 */
record Report(String title, Instant at, Table table) {
    private static final DateTimeFormatter INSTANT =
            DateTimeFormatter.ofPattern("d MMMM yyyy HH:mm:ss 'UTC'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    /** Returns the line below the title: the instant, and how many rows there are. */
    public String subtitle() {
        return INSTANT.format(at) + ", " + table.size();
    }
}
