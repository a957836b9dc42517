/**
 * The {@code data_processing} type: runs SQL on a database that the administrator has named, in one
 * transaction, and keeps the rows or posts them to a URL.
 */
@NullMarked
package io.carillon.handler.data;

import org.jspecify.annotations.NullMarked;
