/**
 * The screens of what surrounds jobs: calendars, rules, keys, namespaces, secrets, the audit log,
 * and the import of crontabs and manifests.
 */
@NullMarked
package io.carillon.dashboard.administration;

import org.jspecify.annotations.NullMarked;
