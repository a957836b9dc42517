package io.carillon.chaos;

import java.util.Collection;
import java.util.Set;

/**
 * What the driver and its target have noted, with no look into PostgreSQL.
 *
 * @param plans jobs whose creation was answered with success
 * @param unreadable names of jobs whose schedule was made unreadable meanwhile
 * @param strangers how many triggers of another scheduler were made
 * @param unready names of replicas that did not become ready again
 */
record Notes(
        Collection<Plan> plans,
        Collection<Submission> submissions,
        Collection<Call> calls,
        Set<String> unreadable,
        long strangers,
        Collection<String> unready) {}
