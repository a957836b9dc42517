package io.carillon.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.JobParameter;
import org.jobrunr.jobs.states.ScheduledState;
import org.jobrunr.scheduling.JobScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;

/** The free JobRunr. It keeps the row of a job that is done, for a day and a half. */
final class JobRunrPeer implements Peer {
    static final String NAME = "jobrunr";

    /** Its default is fifteen seconds; this is the least it allows. */
    private static final Duration POLLING = Duration.ofSeconds(5);

    private final StorageProvider storage;
    private final JobScheduler scheduler;
    private final BackgroundJobServer server;

    JobRunrPeer(DataSource dataSource, int workers) {
        this.storage = new PostgresStorageProvider(dataSource);
        this.scheduler =
                JobRunr.configure()
                        .useStorageProvider(storage)
                        .useBackgroundJobServer(
                                BackgroundJobServerConfiguration
                                        .usingStandardBackgroundJobServerConfiguration()
                                        .andWorkerCount(workers)
                                        .andPollInterval(POLLING),
                                false)
                        .initialize()
                        .getJobScheduler();
        this.server = JobRunr.getBackgroundJobServer();
    }

    @Override
    public void storePrototype() {
        submitBatch(1);
    }

    @Override
    public void start() {
        server.start();
    }

    @Override
    public void submitBatch(int count) {
        scheduler.enqueue(IntStream.range(0, count).boxed(), index -> PeerHandler.run());
    }

    /** Its interface schedules one at a time; its storage takes many. */
    @Override
    public void scheduleBatch(List<Long> dueMillis) {
        storage.save(dueMillis.stream().map(JobRunrPeer::jobAt).toList());
    }

    private static Job jobAt(long dueMillis) {
        var call =
                new JobDetails(
                        PeerHandler.class.getName(),
                        null,
                        "runAt",
                        List.of(new JobParameter(long.class, dueMillis)));
        return new Job(call, new ScheduledState(Instant.ofEpochMilli(dueMillis)));
    }
}
