/**
 * Schedules: the rules that yield planned instants.
 *
 * <p>Contents: the sealed {@link io.carillon.schedule.Schedule} with its three kinds (cron
 * expression, fixed interval, one instant) and {@code RefinedSchedule}, which wraps one of them in
 * calendars, jitter and a number of runs; the schedule as clients write it ({@link
 * io.carillon.schedule.ScheduleSpec}), the daylight-saving policy, the description in words and the
 * warnings. It is pure calendar arithmetic: it reads no clock, starts no thread and stores nothing,
 * and the same inputs always give the same instants, on every replica and after every restart. A
 * compiled schedule yields at least one planned instant; a schedule that can never fire is refused
 * when it is compiled.
 *
 * <p>How a cron schedule is evaluated: {@code CronParser} turns the text into bit sets ({@code
 * CronExpression}), which answer "the next (previous) matching local date and time" by jumping from
 * set bit to set bit. {@code ZoneTimeline} cuts the time line of a zone into stretches of constant
 * offset. {@code CronSchedule} walks those stretches and applies the daylight-saving policy at
 * their seams, so that the rule for gaps and overlaps is written down in one place only.
 *
 * <p>Every package may use the public types; this package itself depends only on the JDK. All times
 * have millisecond precision; cron schedules plan whole seconds in the years 1970 to 2200.
 */
@NullMarked
package io.carillon.schedule;

import org.jspecify.annotations.NullMarked;
