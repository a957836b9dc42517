/**
 * Reads and writes JSON: clients' strictly ({@link io.carillon.json.StrictJson}), with everything
 * that is wrong told at once ({@link io.carillon.json.WholeReading}) and in the client's words
 * ({@link io.carillon.json.JsonFaults}); what is stored leniently, because a newer replica may have
 * written it ({@link io.carillon.json.Json#stored}). Knows no feature and no HTTP.
 */
@NullMarked
package io.carillon.json;

import org.jspecify.annotations.NullMarked;
