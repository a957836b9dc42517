/**
 * The audit log: what was changed, by whom, and from where. It holds clients' changes, and repairs
 * that Carillon makes by itself. Code that changes something writes the entry in the same
 * transaction; entries are never changed, and dropped by the month ({@link
 * io.carillon.audit.AuditMonths}). {@link io.carillon.audit.Actor} knows who makes the current
 * change; the package {@code security} sets it when it has identified the caller. Clients read the
 * log through the package {@code audit.api}, because this needs a scope.
 */
@NullMarked
package io.carillon.audit;

import org.jspecify.annotations.NullMarked;
