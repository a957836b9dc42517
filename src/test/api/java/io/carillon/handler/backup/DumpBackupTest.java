package io.carillon.handler.backup;

import static io.carillon.handler.backup.BackupFixture.aBackup;
import static io.carillon.handler.backup.BackupFixture.fileOf;
import static io.carillon.handler.backup.BackupFixture.run;
import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.triggered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.DatabaseClock;
import io.carillon.datasource.Datasources;
import io.carillon.files.FileRoots;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.support.FakeBucket;
import io.carillon.support.FakeBucket.Fault;
import io.carillon.support.Shell;
import io.carillon.support.SystemPostgresql;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases that are dumped by a real pg_dump, restored into another and compared. */
@QuarkusTest
class DumpBackupTest {
    private static final String ROWS =
            "select t::text from (select * from \"odd \"\"table\" order by id) t";

    private static @Nullable SystemPostgresql server;

    @Inject FileRoots roots;
    @Inject Datasources datasources;
    @Inject OutgoingGuard guard;
    @Inject DatabaseClock clock;

    private BackupFixture backups;

    @BeforeAll
    static void startAServer() throws Exception {
        var bin = SystemPostgresql.bin();
        assumeTrue(bin.isPresent(), "this machine has no PostgreSQL server with its pg_dump");
        assumeTrue(Shell.has("pg_dump"), "pg_dump is not on the PATH");
        server = SystemPostgresql.start(bin.get());
        change(
                "postgres",
                """
                create table "odd ""table" (id int primary key, item text, price numeric, raw bytea, more jsonb);
                insert into "odd ""table"
                select n, case when n % 7 = 0 then null else E'line\\n\\ttab \\\\ "quote" ü' || n end,
                       case when n % 5 = 0 then 'NaN' else n / 7.0 end, decode(md5(n::text), 'hex'),
                       jsonb_build_object('n', n)
                from generate_series(1, 5000) as n
                """);
    }

    @AfterAll
    static void stopIt() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void makeAFolder() throws IOException {
        backups = new BackupFixture();
    }

    private ObjectNode config() {
        return backups.config().put("datasource", "system");
    }

    @ParameterizedTest
    @CsvSource({
        "custom, gzip, gunzip, pg_restore --exit-on-error",
        "plain,  none, cat,    psql --quiet --set=ON_ERROR_STOP=1"
    })
    void isRestoredRowByRow(
            String format, String compression, String program, String restore, @TempDir Path folder)
            throws Exception {
        var execution = run(config().put("format", format).put("compression", compression));

        String file = fileOf(execution).toString();
        String database = "restored_" + format;
        change("postgres", "create database " + database);
        Shell.run(
                folder,
                SystemPostgresql.environment(),
                "%s < '%s' | %s --dbname=%s".formatted(program, file, restore, database));
        assertThat(rows(database)).hasSize(5000).isEqualTo(rows("postgres"));
        assertThat(backups.files()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whenItIsEndedPgDumpIsTooAndNothingIsLeft(boolean isCancelled) throws Exception {
        try (var connection = connection("postgres");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table \"odd \"\"table\" in access exclusive mode");
            var job = aBackup(config()).put("timeout", isCancelled ? "10m" : "5s");
            String id = triggered(createdId(job), "{}").get("id").textValue();
            await().atMost(Duration.ofSeconds(15)).until(() -> waiting() == 1);
            assertThat(backups.files()).hasSize(1);
            assertThat(commandsOfDumps())
                    .isNotEmpty()
                    .noneMatch(command -> command.contains(SystemPostgresql.PASSWORD));

            if (isCancelled) {
                post(EXECUTIONS + "/{id}/cancel", id);
            }

            assertThat(ended(id).get("state").textValue())
                    .isEqualTo(isCancelled ? "CANCELLED" : "FAILED");
            await().until(() -> waiting() == 0 && commandsOfDumps().isEmpty());
            await().until(() -> backups.files().isEmpty());
        }
    }

    /** The lock is still held: only who ends its statement does not wait for it. */
    private static int waiting() throws SQLException {
        return sessions().size();
    }

    private static List<String> sessions() throws SQLException {
        return texts(
                "postgres",
                "select pid::text from pg_stat_activity where application_name = 'carillon-job' and wait_event_type = 'Lock'");
    }

    private static List<String> commandsOfDumps() {
        return ProcessHandle.current()
                .descendants()
                .flatMap(each -> each.info().commandLine().stream())
                .filter(command -> command.contains("pg_dump"))
                .toList();
    }

    /** What pg_dump writes is passed on by a thread that cannot be interrupted while it reads. */
    @ParameterizedTest
    @CsvSource({"UploadPart, HOLD", "GetObject, STALL"})
    void whenABucketIsSilentADumpCanBeCancelled(String operation, Fault fault) throws Exception {
        change(
                "postgres",
                "create table if not exists large as select n, repeat(md5(n::text), 20) as item from generate_series(1, 12000) as n");
        try (var bucket = new FakeBucket()) {
            bucket.fail(operation, fault);
            var config = object().put("datasource", "system").put("compression", "none");
            config.putObject("s3")
                    .put("endpoint", bucket.endpoint())
                    .put("bucket", FakeBucket.NAME)
                    .put("accessKey", FakeBucket.ACCESS_KEY)
                    .put("secretKey", BackupFixture.aSecret("hunter2"))
                    .put("partSizeMib", 5);
            String id = triggered(createdId(aBackup(config)), "{}").get("id").textValue();
            await().atMost(Duration.ofSeconds(15)).until(() -> bucket.asked().contains(operation));

            post(EXECUTIONS + "/{id}/cancel", id);

            assertThat(ended(id).get("state").textValue()).isEqualTo("CANCELLED");
            await().until(() -> bucket.uploads().isEmpty() && bucket.keys().isEmpty());
            await().until(() -> commandsOfDumps().isEmpty());
        }
    }

    @Test
    void whatPgDumpSaysIsTheFailure() throws Exception {
        try (var connection = connection("postgres");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table \"odd \"\"table\" in access exclusive mode");
            String id = triggered(createdId(aBackup(config())), "{}").get("id").textValue();
            await().atMost(Duration.ofSeconds(15)).until(() -> waiting() == 1);

            statement.execute("select pg_terminate_backend(%s)".formatted(sessions().getFirst()));

            var execution = ended(id);
            assertThat(execution.at("/error/code").textValue()).isEqualTo("BACKUP_DUMP");
            assertThat(execution.at("/error/message").textValue()).startsWith("pg_dump: error:");
            assertThat(backups.files()).isEmpty();
        }
    }

    @Test
    void aServerNewerThanPgDumpIsNotTried() throws Exception {
        int newer = datasources.serverVersion("shop");
        int own = datasources.serverVersion("system");
        assumeTrue(own < newer, "pg_dump here is as new as the server of the other tests");

        var execution = run(config().put("datasource", "shop"));

        assertThat(execution.at("/error/code").textValue()).isEqualTo("BACKUP_TOOL_TOO_OLD");
        assertThat(execution.at("/error/message").textValue())
                .contains("PostgreSQL " + own, "is " + newer);
        assertThat(backups.files()).isEmpty();
    }

    @Test
    void whereThereIsNoPgDumpItIsSaidWhenSaved(@TempDir Path empty) throws Exception {
        var without =
                new BackupHandler(roots, datasources, new Programs(List.of(empty)), guard, clock);
        Files.createFile(empty.resolve("pg_dump"));
        var config =
                new BackupConfig(
                        "system", null, null, "tests", null, null, null, null, null, null, null);

        var violation = without.check(config, "default").getFirst();

        assertThat(violation.field()).isEqualTo("datasource");
        assertThat(violation.message()).contains("no pg_dump here", "carillon.backup.pg-bin");
    }

    private static List<String> rows(String database) throws SQLException {
        return texts(database, ROWS);
    }

    private static List<String> texts(String database, String sql) throws SQLException {
        try (var connection = connection(database);
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (row.next()) {
                texts.add(row.getString(1));
            }
            return texts;
        }
    }

    private static void change(String database, String sql) throws SQLException {
        try (var connection = connection(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connection(String database) throws SQLException {
        return DriverManager.getConnection(SystemPostgresql.url(database));
    }
}
