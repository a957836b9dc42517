package io.carillon.job.importing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CrontabReaderTest {
    private static final String CRONTAB =
            """
            # Edit this file to introduce tasks to be run by cron.
            # m h  dom mon dow   command

            MAILTO="ops@example.com"
            # Nightly backup
            # of everything
            30 2 * * *  /usr/local/bin/backup --all
            # 5 4 * * * commented out

            CRON_TZ=Europe/Paris
            @daily echo 100\\% %first%second
            0~30 ~ * * MON\tspread
            30 2 * * *  /usr/local/bin/backup --all
            30 2 * * *  /usr/local/bin/backup --all
            @reboot start
            0 9 * *
            """;

    @Test
    void entriesHaveNamesZonesAndCommands() {
        var jobs = CrontabReader.read(CRONTAB, false, "Asia/Tokyo");

        assertThat(jobs)
                .extracting(ImportedJob::place)
                .containsExactly(
                        "line 7", "line 11", "line 12", "line 13", "line 14", "line 15", "line 16");
        var backup = jobs.getFirst();
        assertThat(backup.fields())
                .hasToString(
                        """
                        {"name":"Nightly backup","description":"of everything",\
                        "schedule":{"cron":"30 2 * * *","timeZone":"Asia/Tokyo"}}""");
        assertThat(backup.values()).containsEntry("command", "/usr/local/bin/backup --all");
        assertThat(backup.notes()).containsExactly("environment is not carried over: MAILTO");
    }

    @Test
    void aPercentSignBeginsTheInput() {
        var daily = CrontabReader.read(CRONTAB, false, null).get(1);

        assertThat(daily.fields().at("/schedule").toString())
                .isEqualTo("{\"cron\":\"@daily\",\"timeZone\":\"Europe/Paris\"}");
        assertThat(daily.values())
                .containsEntry("command", "echo 100%")
                .containsEntry("input", "first\nsecond");
    }

    @Test
    void aRandomTimeBecomesAHash() {
        var random = CrontabReader.read(CRONTAB, false, null).get(2);

        assertThat(random.fields().at("/schedule/cron").textValue()).isEqualTo("H(0-30) H * * MON");
        assertThat(random.notes()).anyMatch(note -> note.contains("random"));
    }

    @Test
    void namesAreUnique() {
        assertThat(names(CrontabReader.read(CRONTAB, false, null)).subList(3, 5))
                .containsExactly("/usr/local/bin/backup --all", "/usr/local/bin/backup --all (2)");
    }

    @Test
    void whatIsNoTimeIsRefusedWithAReason() {
        var jobs = CrontabReader.read(CRONTAB, false, null);

        assertThat(jobs.get(5).refusal()).contains("@reboot");
        assertThat(jobs.get(6).refusal()).contains("expected five fields");
    }

    @Test
    void aUserColumnIsNoPartOfTheCommand() {
        var jobs =
                CrontabReader.read(
                        "17 * * * * root cd / && run-parts /etc/cron.hourly\n0 0 * * * root",
                        true,
                        null);

        assertThat(jobs.getFirst().values())
                .containsEntry("user", "root")
                .containsEntry("command", "cd / && run-parts /etc/cron.hourly");
        assertThat(jobs.getLast().refusal()).contains("a user and a command");
    }

    @Test
    void onlyCronTzMovesTheSchedule() {
        var jobs =
                CrontabReader.read(
                        "TZ=Asia/Tokyo\n0 9 * * * a\nCRON_TZ=Europe/Paris\n0 9 * * * b\n",
                        false,
                        null);

        assertThat(jobs.getFirst().fields().at("/schedule").toString())
                .isEqualTo("{\"cron\":\"0 9 * * *\"}");
        assertThat(jobs.getFirst().notes())
                .contains("TZ is for the command and moves no schedule, as in cron; CRON_TZ would");
        assertThat(jobs.getLast().fields().at("/schedule/timeZone").textValue())
                .isEqualTo("Europe/Paris");
    }

    @Test
    void variablesMayHaveOddNamesAndBlanks() {
        var jobs =
                CrontabReader.read("  \"A B\" = 'x'\n a.b=1\n\t0 9 * * * A=b c # d\n", false, null);

        assertThat(jobs).hasSize(1);
        assertThat(jobs.getFirst().notes())
                .containsExactly("environment is not carried over: A B, a.b");
        assertThat(jobs.getFirst().values()).containsEntry("command", "A=b c # d");
    }

    @Test
    void aBackslashBeforeAnotherEscapesNoPercentSign() {
        var values =
                CrontabReader.read("0 9 * * * a \\\\%b\\%c%d", false, null).getFirst().values();

        assertThat(values).containsEntry("command", "a \\\\").containsEntry("input", "b%c\nd");
    }

    @Test
    void whatOtherCronsReadOtherwiseIsRefusedOrNoted() {
        assertThat(entry("5/15 * * * * a").refusal()).contains("'5/15' is ambiguous");
        assertThat(entry("1,5/15 * * * * a").refusal()).contains("'5/15'");
        assertThat(entry("0 9 * * MON/2 a").refusal()).contains("'MON/2'");
        assertThat(entry("*/15,5-59/15 9-17/2 * * MON-FRI/2 a").refusal()).isNull();
        assertThat(entry("0 22-2 * * * a").notes()).anyMatch(note -> note.contains("22-2"));
        assertThat(entry("0 2-22 * * * a").notes()).isEmpty();
        assertThat(entry("17 * * * * root run").notes())
                .anyMatch(note -> note.contains("userColumn"));
    }

    private static ImportedJob entry(String line) {
        return CrontabReader.read(line, false, null).getFirst();
    }

    private static List<String> names(List<ImportedJob> jobs) {
        return jobs.stream()
                .map(job -> Objects.requireNonNull(CronJobReader.nameOf(job.fields())))
                .toList();
    }
}
