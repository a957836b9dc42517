package io.carillon.schedule;

/**
 * Something about a schedule that its author may not have meant.
 *
 * @param code one of {@code UNEVEN}, {@code EITHER_DAY}, {@code DST_GAP}, {@code DST_OVERLAP},
 *     {@code HERD}, {@code EXCLUDED}; stable, for programs
 * @param message a sentence for people, which says what will happen
 */
public record ScheduleWarning(String code, String message) {}
