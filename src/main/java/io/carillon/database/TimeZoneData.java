package io.carillon.database;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.zone.ZoneRulesProvider;
import org.intellij.lang.annotations.Language;

/**
 * Tells which version of the time zone database this replica uses, as numbered in the table {@code
 * tzdata}. It is the JDK's version, so it changes only with a restart.
 */
@ApplicationScoped
public class TimeZoneData {
    @Language("SQL")
    private static final String REGISTER =
            """
            with known as (
                update tzdata set last_used_at = clock_timestamp() where version = ? returning id),
            made as (
                insert into tzdata (version) select ? where not exists (select from known)
                on conflict (version) do update set last_used_at = clock_timestamp()
                returning id)
            select id from known union all select id from made
            """;

    private final Database database;
    private volatile short held;

    TimeZoneData(Database database) {
        this.database = database;
    }

    /** Such as {@code 2026b}. */
    public static String version() {
        return ZoneRulesProvider.getVersions("Europe/London").lastEntry().getKey();
    }

    /** Returns its number in the ledger; asks the database once. */
    public short id() {
        short id = held;
        // Uses its own transaction: the number stays known if the caller's is rolled back.
        return id == 0 ? database.inNewTransaction(connection -> register()) : id;
    }

    /** Records that this replica still has its version, and returns its number. */
    public short register() {
        return database.with(
                REGISTER,
                statement -> {
                    statement.setString(1, version());
                    statement.setString(2, version());
                    try (var row = statement.executeQuery()) {
                        row.next();
                        short id = row.getShort(1);
                        held = id;
                        return id;
                    }
                });
    }
}
