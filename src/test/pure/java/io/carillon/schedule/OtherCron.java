package io.carillon.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.carillon.schedule.ScheduleSpec.Dst;
import io.carillon.support.Npm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.quartz.CronExpression;

/** Somebody else's cron, asked the same. */
enum OtherCron {
    /** Fires a repeated local time both times and a missing one not at all. */
    CRON_UTILS(Dst.Gap.SKIP, Dst.Overlap.BOTH) {
        @Override
        List<List<Instant>> answers(List<Question> questions) {
            var parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
            List<List<Instant>> answers = new ArrayList<>();
            for (Question question : questions) {
                var time = ExecutionTime.forCron(parser.parse(question.expression()));
                List<Instant> next = new ArrayList<>();
                var last = time.nextExecution(question.after().atZone(question.zone()));
                while (last.isPresent() && next.size() < PAGE) {
                    next.add(last.get().toInstant());
                    last = time.nextExecution(last.get());
                }
                answers.add(next);
            }
            return answers;
        }
    },

    /** Fires a repeated local time the second time and a missing one not at all. */
    QUARTZ(Dst.Gap.SKIP, Dst.Overlap.LAST) {
        @Override
        List<List<Instant>> answers(List<Question> questions) throws ParseException {
            List<List<Instant>> answers = new ArrayList<>();
            for (Question question : questions) {
                var cron = new CronExpression(question.inQuartz());
                cron.setTimeZone(TimeZone.getTimeZone(question.zone()));
                List<Instant> next = new ArrayList<>();
                Date last = cron.getNextValidTimeAfter(Date.from(question.after()));
                while (last != null && next.size() < PAGE) {
                    next.add(last.toInstant());
                    last = cron.getNextValidTimeAfter(last);
                }
                answers.add(next);
            }
            return answers;
        }
    },

    /** From npm, installed into {@code target} when the test runs. */
    CRONER(Dst.Gap.SKIP, Dst.Overlap.FIRST) {
        @Override
        List<List<Instant>> answers(List<Question> questions)
                throws IOException, InterruptedException {
            Path folder = Files.createDirectories(Path.of("target", "croner"));
            Files.copy(
                    Path.of("src", "test", "node", "croner.mjs"),
                    folder.resolve("croner.mjs"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Assumptions.assumeTrue(
                    Npm.install(folder, "croner@" + CRONER_VERSION),
                    "skipped: no npm, or it could not install croner");
            List<String> lines = new ArrayList<>();
            for (Question question : questions) {
                lines.add(
                        question.expression()
                                + "\t"
                                + question.zone().getId()
                                + "\t"
                                + question.after());
            }
            Files.write(folder.resolve("in.tsv"), lines);
            Assumptions.assumeTrue(
                    run(folder, folder.resolve("in.tsv"), "node", "croner.mjs"),
                    "skipped: node could not run croner");
            List<List<Instant>> answers = new ArrayList<>();
            for (String line : Files.readAllLines(folder.resolve("out.txt"))) {
                answers.add(
                        Arrays.stream(line.split(" "))
                                .filter(text -> !text.isEmpty())
                                .map(Instant::parse)
                                .toList());
            }
            return answers;
        }
    };

    /** How many instants follow each question. */
    static final int PAGE = 4;

    private static final String CRONER_VERSION = "10.0.1";
    private static final long MAX_SECONDS = 120;

    private final Dst dst;

    OtherCron(Dst.Gap gap, Dst.Overlap overlap) {
        this.dst = new Dst(gap, overlap);
    }

    /** The policy that comes nearest to what it does when clocks change. */
    Dst dst() {
        return dst;
    }

    /**
     * What to ask.
     *
     * @param expression five fields
     * @param inQuartz the same in Quartz's words, where it has any; else empty
     */
    record Question(String expression, String inQuartz, ZoneId zone, Instant after) {}

    /** The next instants to each question. */
    abstract List<List<Instant>> answers(List<Question> questions) throws Exception;

    private static boolean run(Path folder, Path input, String... command)
            throws IOException, InterruptedException {
        if (!Files.exists(input)) {
            Files.createFile(input);
        }
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectInput(input.toFile())
                            .redirectOutput(folder.resolve("out.txt").toFile())
                            .redirectError(folder.resolve("errors.txt").toFile())
                            .start();
        } catch (IOException notInstalled) {
            return false;
        }
        if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return false;
        }
        return process.exitValue() == 0;
    }
}
