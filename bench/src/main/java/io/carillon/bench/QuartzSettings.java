package io.carillon.bench;

import java.util.Properties;

/**
 * How stock Quartz is set up.
 *
 * @param batch triggers taken in one acquisition, at most
 * @param fireAheadMillis how far ahead of the first of a batch the others may be due
 */
record QuartzSettings(String name, int threads, int batch, long fireAheadMillis) {
    /** The defaults of quarkus-quartz 3.34.1 with {@code store-type=jdbc-tx} and clustering. */
    static final QuartzSettings DEFAULT = new QuartzSettings("quartz-default", 10, 1, 0);

    /**
     * The best of what was tried with a herd of 20,000 and one replica. As many threads as the
     * batch, because Quartz takes no more than it has threads free; a large batch, because looking
     * for the next triggers sorts all that are due. A busy machine with 2 cores; firings a second
     * of threads/batch: 10/10 34, 25/25 96 to 118 with and without fire-ahead, 50/50 121 to 141,
     * 100/100 172 to 347, 200/200 132; 100/25 112, 10/100 31. Without a fire-ahead window a batch
     * takes only what is already due; what is in the window is fired early by as much, so it is
     * kept to what somebody may bear.
     */
    static final QuartzSettings TUNED = new QuartzSettings("quartz-tuned", 100, 100, 100);

    /** Connections a scheduler needs beside those of its threads. */
    private static final int OTHER_CONNECTIONS = 5;

    Properties properties(String instanceId, String url, String user) {
        var properties = new Properties();
        properties.put("org.quartz.scheduler.instanceName", "bench");
        properties.put("org.quartz.scheduler.instanceId", instanceId);
        properties.put("org.quartz.scheduler.skipUpdateCheck", "true");
        properties.put(
                "org.quartz.scheduler.batchTriggerAcquisitionMaxCount", Integer.toString(batch));
        properties.put(
                "org.quartz.scheduler.batchTriggerAcquisitionFireAheadTimeWindow",
                Long.toString(fireAheadMillis));
        properties.put("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
        properties.put("org.quartz.threadPool.threadCount", Integer.toString(threads));
        properties.put("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
        properties.put(
                "org.quartz.jobStore.driverDelegateClass",
                "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate");
        properties.put("org.quartz.jobStore.useProperties", "true");
        properties.put("org.quartz.jobStore.isClustered", "true");
        properties.put("org.quartz.jobStore.clusterCheckinInterval", "15000");
        properties.put("org.quartz.jobStore.misfireThreshold", "60000");
        properties.put("org.quartz.jobStore.acquireTriggersWithinLock", "true");
        properties.put("org.quartz.jobStore.dataSource", "bench");
        properties.put("org.quartz.dataSource.bench.provider", "hikaricp");
        properties.put("org.quartz.dataSource.bench.driver", "org.postgresql.Driver");
        properties.put("org.quartz.dataSource.bench.URL", url);
        properties.put("org.quartz.dataSource.bench.user", user);
        properties.put("org.quartz.dataSource.bench.password", "");
        properties.put(
                "org.quartz.dataSource.bench.maxConnections",
                Integer.toString(threads + OTHER_CONNECTIONS));
        return properties;
    }
}
