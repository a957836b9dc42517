/**
 * The {@code health_check} type: asks whether a URL or a port answers as it should, and how long
 * its certificate is still valid. It changes nothing at its target.
 */
@NullMarked
package io.carillon.handler.health;

import org.jspecify.annotations.NullMarked;
