/**
 * Named exclusion calendars: times in which jobs that name the calendar have no planned instants.
 *
 * <p>Contents: the definition as clients write it and read it, its compiled form (an {@link
 * io.carillon.schedule.Exclusion}), the reader of iCalendar files, the table and its endpoints.
 *
 * <p>A calendar is part of the schedules that name it, so a change of it is a change of those jobs,
 * in one transaction: their rows are locked, by id, and their triggers settled under the calendar
 * as it was; then the calendar's row is locked and changed, the triggers are moved, and the jobs'
 * versions grow, because replicas cache compiled schedules by version. Jobs come first and the
 * calendar second in the order of locks, because a job that is changed holds its own row when it
 * learns which calendars it names; it then holds those with {@code for share} until it commits. A
 * job that began to use the calendar in between is seen once the calendar is locked, and the change
 * starts over.
 *
 * <p>Firing and jobs read calendars; this package knows neither. It changes jobs through {@link
 * io.carillon.calendar.CalendarUsers}, which the package {@code job} implements.
 */
@NullMarked
package io.carillon.calendar;

import org.jspecify.annotations.NullMarked;
