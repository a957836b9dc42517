package io.carillon.dashboard.jobs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.dashboard.Strip;
import io.carillon.execution.ledger.ExecutionQueries.Run;
import io.carillon.http.Parameters;
import io.carillon.job.JobQuery;
import io.carillon.job.JobStatus;
import io.carillon.job.JobSummary;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Holds a page of jobs. */
record JobsView(JobQuery query, List<Row> rows, long total, List<String> types) {

    /**
     * A job in the list.
     *
     * @param last its last execution; null before the first
     */
    record Row(JobSummary job, Strip strip, @Nullable Run last) {
        /** Whether it is not paused. */
        public boolean isEnabled() {
            return job.status() != JobStatus.PAUSED;
        }
    }

    public int pageNumber() {
        return query.pageNumber();
    }

    public boolean hasNext() {
        return (long) query.pageNumber() * query.pageSize() < total;
    }

    public String first() {
        return String.valueOf((query.pageNumber() - 1L) * query.pageSize() + 1);
    }

    public String last() {
        return String.valueOf((query.pageNumber() - 1L) * query.pageSize() + rows.size());
    }

    /** Whether a filter is set, so that no rows does not mean no jobs. */
    public boolean isFiltered() {
        boolean hasLabel =
                query.label() != null && query.label().stream().anyMatch(each -> !each.isEmpty());
        return hasLabel
                || Stream.of(
                                query.q(),
                                query.namespace(),
                                query.type(),
                                query.enabled(),
                                query.host(),
                                query.deleted())
                        .anyMatch(value -> Parameters.text(value) != null);
    }

    /** Whether one action may be for all jobs that pass the filters, on this page or not. */
    public boolean mayActOnAll() {
        return isFiltered() && total > 0 && Parameters.text(query.deleted()) == null;
    }

    /** Whether jobs that are enabled, or are not, may pass the filters. */
    public boolean mayBe(boolean enabled) {
        var wanted = Parameters.bool("enabled", query.enabled());
        return wanted == null || wanted == enabled;
    }

    /**
     * Returns the request that does {@code action} with all jobs that pass the filters and are not
     * so already, so that undoing it changes no others.
     */
    public String onAll(String action) {
        var request = JsonNodeFactory.instance.objectNode().put("action", action);
        var filter = request.putObject("filter");
        put(filter, "namespace", query.namespace());
        put(filter, "type", query.type());
        put(filter, "q", query.q());
        put(filter, "host", query.host());
        var wanted = Parameters.bool("enabled", query.enabled());
        filter.put("enabled", wanted == null ? action.equals("PAUSE") : wanted);
        var labels = query.labels();
        if (!labels.isEmpty()) {
            labels.forEach(filter.putObject("labels")::put);
        }
        return request.toString();
    }

    private static void put(ObjectNode filter, String field, @Nullable String value) {
        if (Parameters.text(value) != null) {
            filter.put(field, value);
        }
    }
}
