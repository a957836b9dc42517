package io.carillon.dashboard.executions;

import io.carillon.dashboard.ExecutionTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds a page of executions.
 *
 * @param earlier the cursor of the next page; null on the last
 * @param isFiltered whether a filter is set
 */
record ExecutionsView(
        ExecutionTable table, List<String> types, @Nullable String earlier, boolean isFiltered) {}
