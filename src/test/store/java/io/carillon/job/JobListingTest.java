package io.carillon.job;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.Database;
import io.carillon.security.Scope;
import io.carillon.support.Rows;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How jobs are found among many. */
@QuarkusTest
class JobListingTest {
    private static final int MANY = 20_000;

    @Inject DataSource dataSource;
    @Inject Database database;
    @Inject JobListing listing;

    private final String namespace = unique("listing");

    /** All have one label, and two of them another. */
    @BeforeEach
    void manyJobs() throws SQLException {
        var job = aJob().put("name", "prototype").put("namespace", namespace);
        // Without a trigger, as its copies.
        job.remove("schedule");
        created(job);
        var rows = new Rows(dataSource);
        rows.change(
                """
                insert into job (%1$s)
                select %1$s from (
                    select copy.* from job prototype, generate_series(1, ?) as n,
                           jsonb_populate_record(prototype, jsonb_build_object(
                               'id', gen_random_uuid(), 'name', 'job-' || n,
                               'labels', case when n %% 7777 = 0 then '{"site": "a", "team": "rare"}'::jsonb
                                              else '{"site": "a", "team": "all"}'::jsonb end)) as copy
                    where prototype.namespace = ?) as copies
                """
                        .formatted(columns(rows)),
                MANY,
                namespace);
        rows.change("vacuum analyze job");
    }

    @AfterEach
    void removeThem() throws SQLException {
        new Rows(dataSource)
                .change("delete from job where namespace = ? and name <> 'prototype'", namespace);
    }

    private static String columns(Rows rows) throws SQLException {
        return rows.texts(
                        """
                        select string_agg(column_name, ', ' order by ordinal_position)
                        from information_schema.columns where table_name = 'job' and is_generated = 'NEVER'
                        """)
                .getFirst();
    }

    @Test
    void aLabelThatFewJobsHaveIsFoundByItsIndex() {
        QuarkusTransaction.requiringNew()
                .run(
                        () -> {
                            var page =
                                    listing.page(
                                            Scope.EVERYTHING, query("team=rare"), Instant.EPOCH);

                            assertThat(page.total()).isEqualTo(2);
                            assertThat(page.jobs())
                                    .extracting(job -> job.name)
                                    .containsExactly("job-15554", "job-7777");
                            assertThat(scansOfLabels()).isPositive();
                        });
    }

    @Test
    void allLabelsAskedForMustBeThere() {
        assertThat(
                        listing.page(Scope.EVERYTHING, query("team=rare", "site=a"), Instant.EPOCH)
                                .total())
                .isEqualTo(2);
        assertThat(
                        listing.page(Scope.EVERYTHING, query("team=rare", "site=b"), Instant.EPOCH)
                                .total())
                .isZero();
        assertThat(listing.page(Scope.EVERYTHING, query("team=all"), Instant.EPOCH).total())
                .isEqualTo(MANY - 2);
    }

    private JobQuery query(String... labels) {
        return new JobQuery(namespace, null, null, null, List.of(labels), null, null, null, "20");
    }

    /** In the transaction at hand. */
    private long scansOfLabels() {
        return database.with(
                connection -> {
                    try (var statement = connection.createStatement();
                            var row =
                                    statement.executeQuery(
                                            "select pg_stat_get_xact_numscans('job_labels'::regclass)")) {
                        row.next();
                        return row.getLong(1);
                    }
                });
    }
}
