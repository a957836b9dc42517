package io.carillon.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.database.DatabaseException;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Entries are kept for 400 days, and dropped by the month. */
@QuarkusTest
@TestProfile(StillReplica.class)
class AuditMonthsTest {
    private final Rows rows;
    private final AuditMonths months;

    AuditMonthsTest(DataSource dataSource, AuditMonths months) {
        this.rows = new Rows(dataSource);
        this.months = months;
    }

    @AfterEach
    void removeEntries() throws SQLException {
        rows.change("delete from audit where actor = 'AuditMonthsTest'");
    }

    @Test
    void aMonthIsDroppedOnceItIsPastItsRetention() throws SQLException {
        entry(350);
        entry(450);

        months.run();

        assertThat(daysAgo()).containsExactly("350");
        assertThat(exists(month(450))).isFalse();
    }

    @Test
    void anEntryOutsideOfAllMonthsIsDeletedOnceItIsPastItsRetention() throws SQLException {
        rows.change(
                "insert into audit (actor, action, details, at) values"
                        + " ('AuditMonthsTest', 'TESTED', '{}', now() - interval '800 days'),"
                        + " ('AuditMonthsTest', 'TESTED', '{}', now() + interval '800 days')");

        months.run();

        assertThat(daysAgo()).containsExactly("-800");
    }

    @Test
    void aMonthThatCannotBeDroppedHoldsUpNoOther() throws SQLException {
        entry(550);
        entry(450);
        rows.change("create view report as select id from " + month(550));
        rows.change("drop table " + month(-31));
        try {
            assertThatThrownBy(months::run)
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("depend on it");

            assertThat(daysAgo()).containsExactly("550");
            assertThat(exists(month(-31))).as("the month ahead that was missing").isTrue();
        } finally {
            rows.change("drop view report");
        }
        months.run();
        assertThat(daysAgo()).isEmpty();
    }

    private void entry(int daysAgo) throws SQLException {
        rows.texts("select audit_make_month((now() - ? * interval '1 day')::date)::text", daysAgo);
        rows.change(
                "insert into audit (actor, action, details, at)"
                        + " values ('AuditMonthsTest', 'TESTED', '{}', now() - ? * interval '1 day')",
                daysAgo);
    }

    private List<String> daysAgo() throws SQLException {
        return rows.texts(
                "select round(extract(epoch from now() - at) / 86400)::int from audit where actor = 'AuditMonthsTest'");
    }

    private String month(int daysAgo) throws SQLException {
        return rows.texts(
                        "select 'audit_' || to_char((now() - ? * interval '1 day') at time zone 'UTC', 'YYYYMM')",
                        daysAgo)
                .getFirst();
    }

    private boolean exists(String table) throws SQLException {
        return rows.number("select count(*) from pg_class where relname = ?", table) == 1;
    }
}
