package io.carillon.dashboard;

import java.util.List;

/**
 * Holds what the page shows.
 *
 * @param nonce names the page's one style sheet in its content security policy
 * @param count how many jobs there are, in words
 * @param now the database's time
 * @param isSignedIn whether the person is signed in with a key, and so can sign out
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
