/**
 * Databases that the administrator has named for jobs: which there are, who may use them, and the
 * way to open one. They are not Carillon's own, so {@code database} knows nothing of them.
 */
@NullMarked
package io.carillon.datasource;

import org.jspecify.annotations.NullMarked;
