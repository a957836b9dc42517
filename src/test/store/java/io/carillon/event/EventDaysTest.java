package io.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Events are kept for a day, and dropped by the day; readers who missed some can tell. */
@QuarkusTest
@TestProfile(StillReplica.class)
class EventDaysTest {
    private final Rows rows;
    private final EventDays days;
    private final EventQueries queries;

    EventDaysTest(DataSource dataSource, EventDays days, EventQueries queries) {
        this.rows = new Rows(dataSource);
        this.days = days;
        this.queries = queries;
    }

    @Test
    void aDayIsDroppedOnceItIsPastItsRetentionAndItsReadersAreTold() throws SQLException {
        var before = queries.now();
        rows.texts("select event_make_day((now() - interval '3 days')::date)::text");
        rows.change("insert into event (items, at) values ('[]', now() - interval '3 days')");
        var after = queries.now();
        assertThat(queries.isMissing(before)).isFalse();

        days.run();

        assertThat(rows.number("select count(*) from event where at < now() - interval '2 days'"))
                .isZero();
        assertThat(queries.isMissing(before)).isTrue();
        assertThat(queries.isMissing(after)).isFalse();
        assertThat(queries.isMissing(Position.FIRST)).isFalse();
    }

    @Test
    void aDayWithoutEventsIsDroppedToo() throws SQLException {
        rows.texts("select event_make_day((now() - interval '5 days')::date)::text");

        days.run();

        assertThat(
                        rows.number(
                                "select count(*) from pg_class where relname = 'event_' || to_char((now() - interval '5 days')::date, 'YYYYMMDD')"))
                .isZero();
        assertThat(rows.number("select through from event_dropped")).isNotNegative();
    }
}
