/**
 * Reads and writes JSON. Clients' JSON is read strictly ({@link io.carillon.json.StrictJson}), and
 * all errors are reported at once ({@link io.carillon.json.WholeReading}) in the client's words
 * ({@link io.carillon.json.JsonFaults}). Stored JSON is read leniently, because a newer replica may
 * have written it ({@link io.carillon.json.Json#stored}). YAML is read with its line numbers
 * ({@link io.carillon.json.YamlDocuments}), or as the JSON that it stands for ({@link
 * io.carillon.json.YamlTree}). Knows no feature and no HTTP.
 */
@NullMarked
package io.carillon.json;

import org.jspecify.annotations.NullMarked;
