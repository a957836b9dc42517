package io.carillon.schedule;

import java.util.List;

/**
 * Holds a parsed cron expression.
 *
 * @param text what the client wrote
 * @param expression the dates and times it matches
 * @param elapsed whether the hour field is a wildcard (it starts with {@code *}): the rule follows
 *     elapsed time through changes of the clock, as Vixie cron does, instead of local times of day
 * @param hashed whether an {@code H} occurs, so that the instants depend on the seed
 * @param uneven one sentence for each field whose steps do not divide it
 */
record CronRule(
        String text,
        CronExpression expression,
        boolean elapsed,
        boolean hashed,
        List<String> uneven) {}
