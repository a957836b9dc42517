package io.carillon.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
                                """)
                        .getFirst();

        assertThat(job.refusal()).isNull();
        assertThat(job.fields())
                .hasToString(
                        """
                        {"name":"backup","namespace":"storage",\
                        "schedule":{"cron":"30 2 * * *","timeZone":"Europe/Paris"},"enabled":false,\
                        "catchUpWindow":"600s","overlap":"SKIP","timeout":"900s","retry":{"maxAttempts":3},\
                        "labels":{"team":"infra"}}""");
        assertThat(job.values())
                .containsEntry("command", "backup --all")
                .containsEntry("image", "example/backup:1");
        assertThat(job.notes()).isEmpty();
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
                        """);

        assertThat(jobs)
                .extracting(ImportedJob::place)
                .containsExactly("document 1, item 1", "document 1, item 2", "document 3");
        assertThat(jobs)
                .extracting(ImportedJob::refusal)
                .containsExactly(null, "this is no CronJob", "spec.schedule is missing");
    }

    @Test
    void whatIsNotYamlIsRefusedWithItsLine() {
        assertThatThrownBy(() -> CronJobReader.read("kind: CronJob\nspec: [\n"))
                .hasMessageContaining("kubernetes: line ");
        assertThat(CronJobReader.read("")).isEmpty();
        assertThat(CronJobReader.read("just words").getFirst().refusal()).isNotNull();
    }
}
