/** The first screen, which says in one line how it stands, and the finder behind every page. */
@NullMarked
package io.carillon.dashboard.overview;

import org.jspecify.annotations.NullMarked;
