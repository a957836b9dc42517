/**
 * Turns due planned instants into executions. The only package that knows Quartz's API.
 *
 * <p><b>The protocol.</b> A Quartz scheduler thread on every replica asks {@link
 * io.carillon.firing.FiringJobStore} when something is next due, waits for it, and has it fired.
 * Looking claims nothing. Firing is one transaction of {@link io.carillon.firing.Firing}: it locks
 * due triggers ({@link io.carillon.firing.DueTriggers}), passing over those another replica has
 * locked; takes their jobs' plans from the cache or reads them; decides with {@link
 * io.carillon.firing.CatchUp} which instants are executed and which are skipped; writes the
 * executions and the triggers' next fire times; and commits.
 *
 * <p><b>Why nothing is lost or doubled.</b> A trigger's next fire time moves only in the
 * transaction that writes its instants into the ledger, and only under its row lock. A replica that
 * dies before the commit has done nothing; one that dies after it has done everything. Two replicas
 * never hold the same trigger; the second sees the advanced row. An administrative change ({@link
 * io.carillon.firing.Triggers}) first locks the trigger and fires what is due under the old
 * definition, so it happens between two firings, never during one. Firing waits for no lock it does
 * not hold (SKIP LOCKED, and plain reads of {@code job}), so no cycle of waits can form. A trigger
 * names the version of its job, and gets a new version only under its lock, so a plan cached under
 * the version of a locked trigger is not stale.
 *
 * <p><b>One bad row stops nothing but itself.</b> Quartz's thread has no back-off, so it never sees
 * a failure: {@link io.carillon.firing.FiringRounds} pauses for triggers that cannot be taken now,
 * sets aside triggers that cannot be fired because of their own fault, and backs off for everything
 * else.
 *
 * <p><b>Time.</b> PostgreSQL's clock decides what is due, in the locking statement. A replica's own
 * clock only decides how long to wait before asking.
 */
@NullMarked
package io.carillon.firing;

import org.jspecify.annotations.NullMarked;
