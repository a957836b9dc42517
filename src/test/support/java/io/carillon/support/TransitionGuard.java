package io.carillon.support;

import io.carillon.execution.ExecutionTransitions;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Has PostgreSQL refuse every change of an execution's state that is not in {@link
 * ExecutionTransitions}, in whatever test it happens.
 */
@ApplicationScoped
public class TransitionGuard {
    private final DataSource dataSource;

    TransitionGuard(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    void start(@Observes @Priority(1) StartupEvent event) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            install(connection);
        }
    }

    /** To be called once the tables are there. */
    public static void install(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(
                    "create table if not exists legal_transition (pair text primary key)");
            for (var row : ExecutionTransitions.all()) {
                statement.execute(
                        "insert into legal_transition values ('%s %s') on conflict do nothing"
                                .formatted(row.from(), row.to()));
            }
            statement.execute(
                    """
                    create or replace function refuse_illegal_transition() returns trigger language plpgsql as $$
                    begin
                        if not exists (select from legal_transition where pair = old.state || ' ' || new.state) then
                            raise exception 'illegal transition of %: % to %', old.id, old.state, new.state;
                        end if;
                        return null;
                    end $$
                    """);
            statement.execute(
                    """
                    create or replace trigger refuse_illegal_transition after update of state on execution
                    for each row when (old.state is distinct from new.state)
                    execute function refuse_illegal_transition()
                    """);
        }
    }
}
