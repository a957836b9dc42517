package io.carillon.firing;

import io.carillon.schedule.Schedule;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.JobKey;
import org.quartz.ScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.AbstractTrigger;

/**
 * Adapts a {@link Schedule} to a Quartz trigger: one type for every kind of schedule. Quartz's
 * calendars do not apply; exclusions belong to the schedule.
 */
final class ScheduleTrigger extends AbstractTrigger<ScheduleTrigger> {
    private static final long serialVersionUID = 1L;
    static final String TYPE = "CARILLON";

    private final transient Schedule schedule;
    private Date startTime;
    private @Nullable Date endTime;
    private @Nullable Date nextFireTime;
    private @Nullable Date previousFireTime;

    ScheduleTrigger(TriggerKey key, JobKey jobKey, Schedule schedule, Date startTime) {
        this.schedule = schedule;
        this.startTime = startTime;
        setKey(key);
        setJobKey(jobKey);
    }

    @Override
    public void triggered(@Nullable Calendar calendar) {
        previousFireTime = nextFireTime;
        nextFireTime = nextFireTime == null ? null : getFireTimeAfter(nextFireTime);
    }

    @Override
    public @Nullable Date computeFirstFireTime(@Nullable Calendar calendar) {
        nextFireTime = getFireTimeAfter(new Date(startTime.getTime() - 1));
        return nextFireTime;
    }

    @Override
    public @Nullable Date getFireTimeAfter(Date after) {
        var next = schedule.next(after.toInstant());
        return next == null ? null : Date.from(next);
    }

    @Override
    public @Nullable Date getFinalFireTime() {
        return endTime;
    }

    @Override
    public boolean mayFireAgain() {
        return nextFireTime != null;
    }

    @Override
    public Date getStartTime() {
        return startTime;
    }

    @Override
    public void setStartTime(Date startTime) {
        this.startTime = startTime;
    }

    @Override
    public @Nullable Date getEndTime() {
        return endTime;
    }

    @Override
    public void setEndTime(@Nullable Date endTime) {
        this.endTime = endTime;
    }

    @Override
    public @Nullable Date getNextFireTime() {
        return nextFireTime;
    }

    @Override
    public void setNextFireTime(@Nullable Date nextFireTime) {
        this.nextFireTime = nextFireTime;
    }

    @Override
    public @Nullable Date getPreviousFireTime() {
        return previousFireTime;
    }

    @Override
    public void setPreviousFireTime(@Nullable Date previousFireTime) {
        this.previousFireTime = previousFireTime;
    }

    @Override
    protected boolean validateMisfireInstruction(int instruction) {
        return instruction == Trigger.MISFIRE_INSTRUCTION_SMART_POLICY;
    }

    /** Does nothing: the firing transaction decides about misfires, by the job's policy. */
    @Override
    public void updateAfterMisfire(@Nullable Calendar calendar) {}

    @Override
    public void updateWithNewCalendar(@Nullable Calendar calendar, long misfireThreshold) {}

    @Override
    public ScheduleBuilder<ScheduleTrigger> getScheduleBuilder() {
        throw new UnsupportedOperationException("a schedule is changed through its job");
    }
}
