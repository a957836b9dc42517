/**
 * Namespaces and their quotas: how many jobs a tenant may have, how many executions it may submit
 * in a minute, and how dense its schedules may be.
 *
 * <p>{@link io.carillon.tenancy.NamespaceQuotas} is asked in the transaction that would exceed a
 * quota. What is counted is counted under the lock of the namespace's row, so a quota is exact over
 * all replicas. Every replica knows from memory which namespaces have a quota, at most a second
 * late: those without one cost nothing, and are locked by nobody.
 */
@NullMarked
package io.carillon.tenancy;

import org.jspecify.annotations.NullMarked;
