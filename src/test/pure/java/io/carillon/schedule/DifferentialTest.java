package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.schedule.OtherCron.Question;
import io.carillon.schedule.ScheduleSpec.Dst;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Carillon's planned instants beside those of three others, over random expressions, zones and
 * beginnings, half of them near a change of clocks. Where they differ, the difference must be one
 * of those in docs/time.md. {@code -Dcarillon.differential.questions=200000} asks more, {@code
 * -Dcarillon.differential.seed=…} others; the seed is fixed otherwise, so that somebody else's
 * rarest fault fails no build.
 */
class DifferentialTest {
    private static final int QUESTIONS =
            Integer.getInteger("carillon.differential.questions", 3000);
    private static final long SEED = Long.getLong("carillon.differential.seed", 20261124);

    /** How far from a change of clocks an instant may be that differs because of it. */
    private static final Duration NEAR = Duration.ofHours(4);

    private static final List<String> ZONES =
            List.of(
                    "UTC",
                    "Europe/Paris",
                    "America/New_York",
                    "Australia/Lord_Howe",
                    "Pacific/Apia",
                    "Africa/Casablanca",
                    "Antarctica/Troll",
                    "America/St_Johns",
                    "America/Santiago",
                    "Africa/Cairo",
                    "Asia/Beirut");

    /** 1980 to 2036. */
    private static final long EARLIEST = 315_532_800L;

    private static final long LATEST = 2_114_380_800L;

    /**
     * Why an answer differs; docs/time.md has each. A reason is bounded by one in so many
     * questions, somewhat more than it explains, so that it cannot explain away a fault of ours.
     */
    private enum Reason {
        /**
         * {@code *}{@code /2} in a day field: a star to Vixie cron, a restriction to the others.
         */
        STARRED_DAY(20),
        CLOCK_CHANGE(60),
        /** croner passes over the first days of March after a day that February has not. */
        SHORT_MONTH(300),
        /** Quartz forgets {@code 2W} when it is asked between the 2nd and the weekday nearest. */
        NEAREST_WEEKDAY(300),
        /** Quartz ends with 2099. */
        NEXT_CENTURY(300),
        NONE(Integer.MAX_VALUE);

        private final int oneIn;

        Reason(int oneIn) {
            this.oneIn = oneIn;
        }
    }

    @ParameterizedTest
    @EnumSource
    void plannedInstantsDifferFromOthersForKnownReasonsOnly(OtherCron other) throws Exception {
        assertDifferencesAreExplained(other, questions(other));
    }

    /** What Quartz has beyond numbers, and the others have not, or not all of it. */
    @Test
    void lastDaysNearestWeekdaysAndNthWeekdaysAreThoseOfQuartz() throws Exception {
        Random random = new Random(SEED);
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < QUESTIONS / 2; i++) {
            int day = random.nextInt(7);
            int nth = random.nextInt(1, 6);
            int ofMonth = random.nextInt(1, 29);
            String month = random.nextBoolean() ? "*" : Integer.toString(random.nextInt(1, 13));
            String time = random.nextInt(60) + " " + random.nextInt(4, 24);
            questions.add(
                    switch (random.nextInt(6)) {
                        case 0 -> special(random, time, "L", month, "?", "?");
                        case 1 ->
                                special(
                                        random,
                                        time,
                                        "L-" + random.nextInt(1, 20),
                                        month,
                                        "?",
                                        "?");
                        case 2 -> special(random, time, "LW", month, "?", "?");
                        case 3 -> special(random, time, ofMonth + "W", month, "?", "?");
                        case 4 -> special(random, time, "?", month, day + "L", (day + 1) + "L");
                        default ->
                                special(
                                        random,
                                        time,
                                        "?",
                                        month,
                                        day + "#" + nth,
                                        (day + 1) + "#" + nth);
                    });
        }

        assertDifferencesAreExplained(OtherCron.QUARTZ, questions);
    }

    private static void assertDifferencesAreExplained(OtherCron other, List<Question> questions)
            throws Exception {
        Map<Reason, List<String>> differences = differences(other, questions);

        assertThat(differences.get(Reason.NONE)).as("%s, seed %d", other, SEED).isEmpty();
        differences.forEach(
                (reason, explained) ->
                        assertThat(explained)
                                .as("%s for %s, seed %d", other, reason, SEED)
                                .hasSizeLessThanOrEqualTo(questions.size() / reason.oneIn));
    }

    private static Question special(
            Random random,
            String time,
            String ofMonth,
            String month,
            String ofWeek,
            String quartz) {
        String zone = ZONES.get(random.nextInt(ZONES.size()));
        return new Question(
                String.join(" ", time, ofMonth, month, ofWeek),
                String.join(" ", "0", time, ofMonth, month, quartz),
                ZoneId.of(zone),
                Instant.ofEpochSecond(random.nextLong(EARLIEST, LATEST)));
    }

    private static Map<Reason, List<String>> differences(OtherCron other, List<Question> questions)
            throws Exception {
        Map<Reason, List<String>> differences = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            differences.put(reason, new ArrayList<>());
        }
        List<List<Instant>> answers = other.answers(questions);
        assertThat(answers).hasSameSizeAs(questions);
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            List<Instant> ours = ours(question, other.dst());
            List<Instant> theirs = answers.get(i);
            if (!ours.equals(theirs)) {
                Reason reason = reason(other, question, ours, theirs);
                differences
                        .computeIfAbsent(reason, key -> new ArrayList<>())
                        .add("%s: ours %s, theirs %s".formatted(question, ours, theirs));
            }
        }
        return differences;
    }

    private static Reason reason(
            OtherCron other, Question question, List<Instant> ours, List<Instant> theirs)
            throws Exception {
        if (other != OtherCron.QUARTZ && isStarredDay(question.expression())) {
            return Reason.STARRED_DAY;
        }
        Instant differs = firstDifference(ours, theirs);
        if (isNearClockChange(question.zone(), differs)
                || isNearClockChange(question.zone(), question.after())) {
            return Reason.CLOCK_CHANGE;
        }
        var date = differs.atZone(question.zone());
        if (other == OtherCron.QUARTZ) {
            var asked = question.after().atZone(question.zone());
            boolean isSameMonth = YearMonth.from(asked).equals(YearMonth.from(date));
            return question.expression().contains("W") && isSameMonth
                    ? Reason.NEAREST_WEEKDAY
                    : date.getYear() > 2099 && ours.subList(0, theirs.size()).equals(theirs)
                            ? Reason.NEXT_CENTURY
                            : Reason.NONE;
        }
        boolean isEarlyInMarch = date.getMonthValue() == 3 && date.getDayOfMonth() <= 3;
        return other == OtherCron.CRONER
                        && isEarlyInMarch
                        && OtherCron.CRON_UTILS
                                .answers(List.of(question))
                                .equals(List.of(ours(question, OtherCron.CRON_UTILS.dst())))
                ? Reason.SHORT_MONTH
                : Reason.NONE;
    }

    private static boolean isNearClockChange(ZoneId zone, Instant instant) {
        var change = zone.getRules().nextTransition(instant.minus(NEAR));
        return change != null && change.getInstant().isBefore(instant.plus(NEAR));
    }

    /** The earlier of the first two that differ; croner may say one twice, or go back. */
    private static Instant firstDifference(List<Instant> ours, List<Instant> theirs) {
        int index = 0;
        while (index < Math.min(ours.size(), theirs.size())
                && ours.get(index).equals(theirs.get(index))) {
            index++;
        }
        if (index == ours.size() || index == theirs.size()) {
            return (index == ours.size() ? theirs : ours).get(index);
        }
        return ours.get(index).isBefore(theirs.get(index)) ? ours.get(index) : theirs.get(index);
    }

    private static boolean isStarredDay(String expression) {
        String[] fields = expression.split(" ");
        return !fields[2].equals("*")
                && !fields[4].equals("*")
                && (fields[2].startsWith("*") || fields[4].startsWith("*"));
    }

    private static List<Instant> ours(Question question, Dst dst) {
        try {
            Schedule schedule =
                    new ScheduleSpec(
                                    question.expression(),
                                    null,
                                    null,
                                    question.zone().getId(),
                                    null,
                                    null,
                                    dst)
                            .compile(Instant.EPOCH, "seed");
            return Schedules.page(schedule, question.after(), OtherCron.PAGE);
        } catch (InvalidScheduleException never) {
            assertThat(never.neverFires()).as("%s: %s", question, never.getMessage()).isTrue();
            return List.of();
        }
    }

    private static List<Question> questions(OtherCron other) {
        Random random = new Random(SEED);
        List<Question> questions = new ArrayList<>();
        while (questions.size() < QUESTIONS) {
            Question question = question(random);
            // Quartz wants one of the two day fields to be a question mark.
            if (other != OtherCron.QUARTZ || !question.inQuartz().isEmpty()) {
                questions.add(question);
            }
        }
        return questions;
    }

    private static Question question(Random random) {
        String minute = field(random, 0, 59);
        String hour = field(random, 0, 23);
        String ofMonth = random.nextBoolean() ? "*" : field(random, 1, 31);
        String month = random.nextBoolean() ? "*" : field(random, 1, 12);
        String ofWeek = random.nextBoolean() ? "*" : field(random, 0, 6);
        ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        Instant after = Instant.ofEpochSecond(random.nextLong(EARLIEST, LATEST));
        var change = zone.getRules().nextTransition(after);
        if (random.nextBoolean() && change != null) {
            after = change.getInstant().minusSeconds(random.nextInt(100_000));
        }
        return new Question(
                String.join(" ", minute, hour, ofMonth, month, ofWeek),
                inQuartz(minute, hour, ofMonth, month, ofWeek),
                zone,
                after);
    }

    /** Quartz counts weekdays from 1 and takes no two day fields at once. */
    private static String inQuartz(
            String minute, String hour, String ofMonth, String month, String ofWeek) {
        boolean anyWeekday = ofWeek.equals("*");
        if ((!anyWeekday && !ofMonth.equals("*")) || ofWeek.startsWith("*/")) {
            return "";
        }
        StringBuilder weekdays = new StringBuilder();
        int slash = ofWeek.indexOf('/');
        String numbers = slash < 0 ? ofWeek : ofWeek.substring(0, slash);
        numbers.chars()
                .forEach(it -> weekdays.append((char) (it >= '0' && it <= '6' ? it + 1 : it)));
        weekdays.append(slash < 0 ? "" : ofWeek.substring(slash));
        return String.join(
                " ",
                "0",
                minute,
                hour,
                anyWeekday ? ofMonth : "?",
                month,
                anyWeekday ? "?" : weekdays.toString());
    }

    /** Forms that all read alike. */
    private static String field(Random random, int least, int most) {
        int first = random.nextInt(least, most + 1);
        int second = random.nextInt(least, most + 1);
        String range = Math.min(first, second) + "-" + Math.max(first, second);
        int step = random.nextInt(1, most - least + 1);
        return switch (random.nextInt(7)) {
            case 0, 1 -> "*";
            case 2 -> "*/" + step;
            case 3 -> Integer.toString(first);
            case 4 -> range;
            case 5 -> range + "/" + step;
            default -> first == second ? Integer.toString(first) : first + "," + second;
        };
    }
}
