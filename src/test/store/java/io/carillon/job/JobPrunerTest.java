package io.carillon.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Jobs;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(StillReplica.class)
class JobPrunerTest {
    @Inject JobPruner pruner;
    @Inject DataSource dataSource;

    @Test
    void aDeletedJobIsRemovedOnceItsHistoryIsAndNoSooner() throws SQLException {
        var past = deletedDaysAgo(31);
        var within = deletedDaysAgo(29);
        var live = Jobs.create();

        pruner.runOnce();

        assertThat(exists(past)).isFalse();
        assertThat(exists(within)).isTrue();
        assertThat(exists(live)).isTrue();
    }

    @Test
    void aJobStaysWhileSomethingOfItIsNotFinal() throws SQLException {
        var id = Jobs.create();
        Jobs.post(id + "/trigger", "{}").then().statusCode(202);
        var rows = new Rows(dataSource);
        rows.change("update job set deleted_at = now() - interval '31 days' where id = ?", id);

        pruner.runOnce();

        assertThat(exists(id)).isTrue();
        rows.change(
                "update execution set state = 'CANCELLED', finished_at = now() where job_id = ?",
                id);
        pruner.runOnce();
        assertThat(exists(id)).isFalse();
    }

    private UUID deletedDaysAgo(int days) throws SQLException {
        var id = Jobs.create();
        Jobs.delete(id).then().statusCode(204);
        new Rows(dataSource)
                .change(
                        "update job set deleted_at = now() - ? * interval '1 day' where id = ?",
                        days,
                        id);
        return id;
    }

    private boolean exists(UUID id) throws SQLException {
        return new Rows(dataSource).number("select count(*) from job where id = ?", id) == 1;
    }
}
