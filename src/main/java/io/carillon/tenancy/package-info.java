/**
 * Namespaces and their quotas: how many jobs a tenant may have, how many executions it may submit
 * in a minute, how many run at once, and how dense its schedules may be.
 *
 * <p>{@link io.carillon.tenancy.NamespaceQuotas} checks a quota in the transaction that would
 * exceed it. It counts under the lock of the namespace's row, so a quota is exact over all
 * replicas. Every replica keeps in memory which namespaces have a quota, at most a second late;
 * namespaces without one cost nothing and are never locked. How many run at once is decided by the
 * claims.
 */
@NullMarked
package io.carillon.tenancy;

import org.jspecify.annotations.NullMarked;
