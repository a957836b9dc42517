package io.carillon.job.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CronJobReaderTest {

    @Test
    void aManifestSaysTimeAndPolicy() {
        var job =
                CronJobReader.read(
                                """
                                apiVersion: batch/v1
                                kind: CronJob
                                metadata:
                                  name: backup
                                  namespace: storage
                                  labels: {team: infra}
                                spec:
                                  schedule: "30 2 * * *"
                                  timeZone: Europe/Paris
                                  suspend: true
                                  concurrencyPolicy: Forbid
                                  startingDeadlineSeconds: 600
                                  jobTemplate:
                                    spec:
                                      backoffLimit: 2
                                      activeDeadlineSeconds: 900
                                      template:
                                        spec:
                                          containers:
                                            - name: main
                                              image: example/backup:1
                                              command: [backup]
                                              args: ["--all"]
                                """,
                                null)
                        .getFirst();

        assertThat(job.refusal()).isNull();
        assertThat(job.fields())
                .hasToString(
                        """
                        {"name":"backup","namespace":"storage",\
                        "schedule":{"cron":"30 2 * * *","timeZone":"Europe/Paris",\
                        "dst":{"gap":"SKIP","overlap":"BOTH"}},"enabled":false,\
                        "catchUpWindow":"600s","overlap":"SKIP","timeout":"900s","retry":{"maxAttempts":3},\
                        "labels":{"team":"infra"}}""");
        assertThat(job.values())
                .containsEntry("command", "backup --all")
                .containsEntry("image", "example/backup:1");
        assertThat(job.notes())
                .containsExactly(
                        "Forbid may start a run late, when the one before has ended; overlap SKIP"
                                + " never does",
                        "activeDeadlineSeconds holds for all attempts together, timeout here for"
                                + " each");
    }

    @Test
    void anchorsAndMergesAreResolved() {
        var jobs =
                CronJobReader.read(
                        """
                        kind: List
                        items:
                          - kind: CronJob
                            metadata: {name: a, labels: {held: "yes"}}
                            spec: &spec
                              schedule: "0 6 * * *"
                              timeZone: Etc/UTC
                              suspend: &off true
                              startingDeadlineSeconds: 0600
                          - kind: CronJob
                            metadata: {name: b}
                            spec:
                              schedule: "0 7 * * *"
                              suspend: *off
                          - kind: CronJob
                            metadata: {name: c}
                            spec:
                              <<: *spec
                              schedule: "0 8 * * *"
                        """,
                        "Etc/UTC");

        assertThat(jobs).extracting(ImportedJob::refusal).containsOnlyNulls();
        assertThat(jobs)
                .allSatisfy(
                        job -> assertThat(job.fields().get("enabled").booleanValue()).isFalse());
        assertThat(jobs)
                .extracting(job -> job.fields().at("/schedule/cron").textValue())
                .containsExactly("0 6 * * *", "0 7 * * *", "0 8 * * *");
        assertThat(jobs.get(2).fields().get("catchUpWindow").textValue()).isEqualTo("384s");
    }

    @Test
    void onOffAndNumbersAreNotTakenForSomethingElse() {
        assertThat(cronJob("suspend: on").fields().get("enabled").booleanValue()).isFalse();
        assertThat(cronJob("suspend: no").fields().has("enabled")).isFalse();
        assertThat(cronJob("suspend: \"true\"").refusal())
                .isEqualTo("line 5: spec.suspend: expected true or false");
        assertThat(cronJob("startingDeadlineSeconds: 1:30").refusal())
                .isEqualTo("line 5: spec.startingDeadlineSeconds: expected a whole number");
        assertThat(cronJob("concurrencyPolicy: forbid").refusal())
                .isEqualTo("line 5: spec.concurrencyPolicy: expected Allow, Forbid or Replace");
        assertThat(cronJob("suspend: true\n  suspend: false").refusal())
                .isEqualTo("line 6: suspend occurs twice");
    }

    @Test
    void theZoneIsThatOfTheFieldOrOfTheScheduleOrOfTheRequest() {
        assertThat(zoneOf("timeZone: Asia/Tokyo")).isEqualTo("Asia/Tokyo");
        assertThat(zoneOf("suspend: false")).isEqualTo("Europe/Paris");
        assertThat(cronJob("schedule: CRON_TZ=Asia/Tokyo 0 6 * * *", "Europe/Paris").fields())
                .hasToString(
                        """
                        {"name":"a","schedule":{"cron":"0 6 * * *","timeZone":"Asia/Tokyo",\
                        "dst":{"gap":"SKIP","overlap":"BOTH"}},"overlap":"ALLOW"}""");
        assertThat(
                        cronJob("schedule: TZ=Asia/Tokyo 0 6 * * *\n  timeZone: Asia/Tokyo", null)
                                .refusal())
                .contains("TZ in the schedule does not go with timeZone");
        assertThat(cronJob("suspend: false").notes()).anyMatch(note -> note.contains("UTC"));
    }

    private static @Nullable String zoneOf(String line) {
        return cronJob("schedule: 0 6 * * *\n  " + line, "Europe/Paris")
                .fields()
                .at("/schedule/timeZone")
                .textValue();
    }

    @Test
    void whatIsNotCarriedOverIsNoted() {
        var job =
                cronJob(
                        """
                        timezone: Asia/Tokyo
                          successfulJobsHistoryLimit: 3
                          jobTemplate:
                            spec:
                              parallelism: 2
                              template:
                                spec:
                                  initContainers: []
                                  containers:
                                    - {command: [sh, -c, "echo 'a b' $(X)"], env: [], volumeMounts: ~}
                                    - {}
                        """
                                .strip());

        assertThat(job.refusal()).isNull();
        assertThat(job.values()).containsEntry("command", "sh -c 'echo '\\''a b'\\'' $(X)'");
        assertThat(job.notes())
                .contains(
                        "of 2 containers only the first is available",
                        "$(…) in the command is not replaced by a variable",
                        "not carried over: spec.timezone, spec.successfulJobsHistoryLimit,"
                                + " spec.jobTemplate.spec.parallelism,"
                                + " spec.jobTemplate.spec.template.spec.initContainers,"
                                + " spec.jobTemplate.spec.template.spec.containers[0].env");
    }

    @Test
    void aKindOfAnotherGroupIsNoCronJob() {
        assertThat(
                        CronJobReader.read(
                                        "{apiVersion: example.com/v1, kind: CronJob, spec: {schedule: '@daily'}}",
                                        null)
                                .getFirst()
                                .refusal())
                .isEqualTo("this is not a CronJob");
    }

    @Test
    void listsOfListsByAliasEnd() {
        var bomb = new StringBuilder("x0: &x0 {kind: CronJob, spec: {schedule: '@daily'}}\n");
        for (int level = 1; level <= 30; level++) {
            bomb.append(
                    "x%d: &x%d {kind: List, items: [*x%d, *x%d]}\n"
                            .formatted(level, level, level - 1, level - 1));
        }

        assertThat(CronJobReader.read(bomb + "kind: List\nitems: [*x30]\n", null)).hasSize(10_001);
    }

    private static ImportedJob cronJob(String line) {
        return cronJob("schedule: 0 6 * * *\n  " + line, null);
    }

    private static ImportedJob cronJob(String lines, @Nullable String timeZone) {
        return CronJobReader.read(
                        "kind: CronJob\nmetadata: {name: a}\nspec:\n  " + lines + "\n", timeZone)
                .getFirst();
    }

    @Test
    void severalDocumentsAndListsAreRead() {
        var jobs =
                CronJobReader.read(
                        """
                        kind: List
                        items:
                          - {kind: CronJob, metadata: {name: a}, spec: {schedule: "@daily"}}
                          - {kind: Deployment, metadata: {name: b}}
                        ---
                        ---
                        {kind: CronJob, metadata: {name: c}, spec: {}}
                        """,
                        null);

        assertThat(jobs)
                .extracting(ImportedJob::place)
                .containsExactly("document 1, item 1", "document 1, item 2", "document 3");
        assertThat(jobs)
                .extracting(ImportedJob::refusal)
                .containsExactly(null, "this is not a CronJob", "spec.schedule is missing");
    }

    @Test
    void whatIsNotYamlIsRefusedWithItsLine() {
        assertThatThrownBy(() -> CronJobReader.read("kind: CronJob\nspec: [\n", null))
                .hasMessageContaining("kubernetes: line ");
        assertThat(CronJobReader.read("", null)).isEmpty();
        assertThat(CronJobReader.read("just words", null).getFirst().refusal()).isNotNull();
    }
}
