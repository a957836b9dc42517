/**
 * Named exclusion calendars: times in which no job that names the calendar is planned anything.
 *
 * <p>What lives here: the definition as clients write it and read it, its compiled form (an {@link
 * io.carillon.schedule.Exclusion}), the reader of iCalendar files, the table and its endpoints.
 *
 * <p>A calendar is part of the schedules that name it, so a change of it is a change of those jobs,
 * in one transaction: their rows are locked, by id, and their triggers settled under the calendar
 * as it was; then the calendar's row is locked and changed, the triggers are moved, and the jobs'
 * versions grow, which is what replicas keep compiled schedules under. Jobs come first and the
 * calendar second in the order of locks, because a job that is changed holds its own row when it
 * learns which calendars it names; it then holds those with {@code for share} until it commits. A
 * job that began to use the calendar in between is seen once the calendar is locked, and the change
 * starts over.
 *
 * <p>What may touch it: firing and jobs read calendars; nothing here knows either. What a change
 * does to jobs is behind {@link io.carillon.calendar.CalendarUsers}, which jobs implement.
 */
@NullMarked
package io.carillon.calendar;

import org.jspecify.annotations.NullMarked;
