package io.carillon.firing;

import io.carillon.schedule.Schedule;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.ScheduleBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.TriggerPersistenceDelegate;
import org.quartz.spi.MutableTrigger;
import org.quartz.spi.OperableTrigger;

/**
 * Reads a {@link ScheduleTrigger} for Quartz's own calls. Its schedule is the job's, in the table
 * {@code job}, so the trigger has no row of properties that could disagree with it.
 */
final class ScheduleTriggerDelegate implements TriggerPersistenceDelegate {
    private final FiringPlans plans;

    ScheduleTriggerDelegate(FiringPlans plans) {
        this.plans = plans;
    }

    @Override
    public void initialize(String tablePrefix, String schedulerName) {}

    @Override
    public boolean canHandleTriggerType(OperableTrigger trigger) {
        return trigger instanceof ScheduleTrigger;
    }

    @Override
    public String getHandledTriggerTypeDiscriminator() {
        return ScheduleTrigger.TYPE;
    }

    @Override
    public int insertExtendedTriggerProperties(
            Connection connection, OperableTrigger trigger, String state, JobDetail job) {
        return 1;
    }

    @Override
    public int updateExtendedTriggerProperties(
            Connection connection, OperableTrigger trigger, String state, JobDetail job) {
        return 1;
    }

    @Override
    public int deleteExtendedTriggerProperties(Connection connection, TriggerKey key) {
        return 1;
    }

    @Override
    public TriggerPropertyBundle loadExtendedTriggerProperties(
            Connection connection, TriggerKey key) throws SQLException {
        var jobId = UUID.fromString(key.getName());
        var plan = plans.read(connection, List.of(jobId)).get(jobId);
        var schedule = plan == null ? null : plan.schedule();
        if (schedule == null) {
            throw new IllegalStateException("The trigger " + key + " has no job with a schedule");
        }
        return new TriggerPropertyBundle(new Builder(key, schedule), null, null);
    }

    private static final class Builder extends ScheduleBuilder<ScheduleTrigger> {
        private final TriggerKey key;
        private final Schedule schedule;

        private Builder(TriggerKey key, Schedule schedule) {
            this.key = key;
            this.schedule = schedule;
        }

        @Override
        protected MutableTrigger build() {
            return new ScheduleTrigger(key, new JobKey("fire", "carillon"), schedule, new Date(0));
        }
    }
}
