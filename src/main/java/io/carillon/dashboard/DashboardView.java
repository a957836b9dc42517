package io.carillon.dashboard;

import java.util.List;

/**
 * The page.
 *
 * @param nonce names the page's one style sheet in its content security policy
 * @param count how many jobs there are, in words
 * @param now the database's time
 * @param isSignedIn whether there is a key to forget
 */
record DashboardView(
        String nonce,
        String count,
        String now,
        String version,
        boolean isSignedIn,
        boolean hasMoreJobs,
        List<JobRow> jobs,
        List<ExecutionRow> executions) {}
