package io.carillon.firing;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.DatabaseClock;
import io.carillon.support.Jobs;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.quartz.Trigger;
import org.quartz.TriggerKey;

/** Quartz's own calls on the store, as its tools make them. */
@QuarkusTest
@TestProfile(StillReplica.class)
class FiringJobStoreTest {
    @Inject DataSource dataSource;
    @Inject FiringRounds rounds;
    @Inject FiringPlans plans;
    @Inject DatabaseClock clock;
    @Inject FiringConfig config;

    @Test
    void quartzReadsATriggerWithItsScheduleAndState() throws Exception {
        var store = new FiringJobStore(dataSource, rounds, plans, clock, config);
        store.setInstanceName(FiringJobStore.NAME);
        var job = Jobs.create(Map.of("schedule", Map.of("cron", "0 9 * * *")));
        var key = new TriggerKey(job.toString(), "default");

        var trigger = store.retrieveTrigger(key);

        assertThat(trigger).isInstanceOf(ScheduleTrigger.class);
        assertThat(trigger.getNextFireTime().toInstant().toString()).endsWith("T09:00:00Z");
        assertThat(trigger.getFireTimeAfter(trigger.getNextFireTime()).toInstant())
                .isEqualTo(trigger.getNextFireTime().toInstant().plusSeconds(86_400));
        assertThat(store.getTriggerState(key)).isEqualTo(Trigger.TriggerState.NORMAL);
    }

    /** Quartz's thread does so when something nearer comes while it waits. */
    @Test
    void quartzMayClearTheListOfWhatIsNextDue() throws Exception {
        var store = new FiringJobStore(dataSource, rounds, plans, clock, config);
        Jobs.create(Map.of("schedule", Map.of("every", "1s")));
        var due = store.acquireNextTriggers(0, 1, 0);
        assertThat(due).hasSize(1);

        due.clear();

        assertThat(due).isEmpty();
    }
}
