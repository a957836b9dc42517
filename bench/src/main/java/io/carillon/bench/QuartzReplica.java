package io.carillon.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.quartz.CronScheduleBuilder;
import org.quartz.JobBuilder;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/**
 * A process with one stock Quartz scheduler, told by lines what to do and answering each with one.
 * It ends with its input, and so with the bench.
 */
final class QuartzReplica {
    private QuartzReplica() {}

    /**
     * Arguments: the settings' name, threads, batch and fire-ahead, an instance id, URL and user.
     */
    public static void main(String[] arguments) throws SchedulerException, IOException {
        var settings =
                new QuartzSettings(
                        arguments[0],
                        Integer.parseInt(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        Long.parseLong(arguments[3]));
        var factory =
                new StdSchedulerFactory(
                        settings.properties(arguments[4], arguments[5], arguments[6]));
        var scheduler = factory.getScheduler();
        say("ready");
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            switch (line) {
                case "prototype" -> storePrototype(scheduler);
                case "go" -> scheduler.start();
                case "halt" -> scheduler.standby();
                case "executed" -> {}
                default -> throw new IllegalArgumentException(line);
            }
            say(Long.toString(CountingJob.executed()));
        }
        scheduler.shutdown(false);
        System.exit(0);
    }

    /** One durable job for all triggers: the cheapest way to have many. */
    private static void storePrototype(Scheduler scheduler) throws SchedulerException {
        var job = JobBuilder.newJob(CountingJob.class).withIdentity("count", "bench").build();
        var trigger =
                TriggerBuilder.newTrigger()
                        .withIdentity("prototype", "bench")
                        .withSchedule(CronScheduleBuilder.cronSchedule("0 0 0 1 1 ?"))
                        .build();
        scheduler.scheduleJob(job, trigger);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
