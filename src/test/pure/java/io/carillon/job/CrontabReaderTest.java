package io.carillon.job;

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

    private static List<String> names(List<ImportedJob> jobs) {
        return jobs.stream()
                .map(job -> Objects.requireNonNull(CronJobReader.nameOf(job.fields())))
                .toList();
    }
}
