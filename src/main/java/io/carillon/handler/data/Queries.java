package io.carillon.handler.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.carillon.datasource.Datasources;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.Outcome;
import io.carillon.json.Json;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads rows for other types, as {@code data_processing} does with {@code readOnly}. */
@ApplicationScoped
public class Queries {
    private final Datasources datasources;
    private final SqlRuns runs;
    private final Json json;

    Queries(Datasources datasources, SqlRuns runs, Json json) {
        this.datasources = datasources;
        this.runs = runs;
        this.json = json;
    }

    /**
     * Asks for the rows of one statement.
     *
     * @param maxRows null for the default
     */
    public record Query(
            String datasource,
            String sql,
            @Nullable List<JsonNode> parameters,
            @Nullable Integer maxRows) {
        private DataConfig config() {
            return new DataConfig(datasource, sql, parameters, true, maxRows, null, null);
        }
    }

    /** The result of a query. */
    public sealed interface Reading {
        /**
         * Holds rows, objects with the columns as members.
         *
         * @param isComplete false: there were more than the limits allow
         */
        record Rows(List<String> columns, ArrayNode rows, boolean isComplete) implements Reading {}

        /** Says why there are none. */
        record Failed(Outcome.Failure failure) implements Reading {}
    }

    /** Returns the violations of a query; fields are {@code sql} and {@code parameters}. */
    public List<Violation> check(Query query) {
        return SqlChecks.of(query.config());
    }

    /** Explains in a sentence why jobs of a namespace have no such database. */
    public Optional<String> lack(String datasource, String namespace) {
        return datasources.lack(datasource, namespace);
    }

    /** Reads as many rows as one call carries, in a transaction that only reads. */
    public Reading read(ExecutionContext<?> context, Query query) throws InterruptedException {
        var work = new SqlWork(query.config(), SqlWork.MAX_POSTED, json);
        var failure = runs.run(work, query.datasource(), context);
        return failure == null ? work.reading() : new Reading.Failed(failure.withoutEffect());
    }
}
