/**
 * The audit log: what was changed, by whom. It holds the repairs Carillon makes on its own, and
 * what clients change. Whoever changes something writes its entry in the same transaction; entries
 * are never changed.
 */
@NullMarked
package io.carillon.audit;

import org.jspecify.annotations.NullMarked;
