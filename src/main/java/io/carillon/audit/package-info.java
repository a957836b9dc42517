/**
 * The audit log: what was changed, by whom, from where. It holds the repairs Carillon makes on its
 * own, and what clients change. Whoever changes something writes its entry in the same transaction;
 * entries are never changed, and dropped by the month ({@link io.carillon.audit.AuditMonths}).
 * {@link io.carillon.audit.Actor} knows who makes the change at hand, which the room {@code
 * security} tells it once it has found out. The room {@code security} also answers questions about
 * the log, as it takes a scope to ask.
 */
@NullMarked
package io.carillon.audit;

import org.jspecify.annotations.NullMarked;
