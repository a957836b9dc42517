/**
 * How it goes: {@code GET /api/v1/stats}, and the charts of the first page. {@link
 * io.carillon.stats.Activity} adds, on every replica, what its meters counted in the last seconds
 * to the table {@code activity}, by the minute; {@link io.carillon.stats.Statistics} sums it up. So
 * the hot statements of firing and dispatch do nothing more, and no read looks through the ledger.
 */
@NullMarked
package io.carillon.stats;

import org.jspecify.annotations.NullMarked;
