/**
 * The endpoint of the audit log: what was changed or refused in the namespaces that the caller
 * administers, as pages or as JSON lines.
 */
@NullMarked
package io.carillon.audit.api;

import org.jspecify.annotations.NullMarked;
