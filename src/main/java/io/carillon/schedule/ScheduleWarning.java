package io.carillon.schedule;

/**
 * Describes an effect of a schedule that its author may not have intended.
 *
 * @param code one of {@code UNEVEN}, {@code EITHER_DAY}, {@code DST_GAP}, {@code DST_OVERLAP},
 *     {@code HERD}, {@code EXCLUDED}; stable, for programs
 * @param message a sentence for people, which says what will happen
 */
public record ScheduleWarning(String code, String message) {}
