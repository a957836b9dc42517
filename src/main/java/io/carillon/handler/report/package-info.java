/**
 * The {@code report_generation} type: reads rows by a query, or the figures of the namespace's jobs
 * ({@link io.carillon.handler.report.Figures}), writes them as a document and delivers it once: by
 * mail, to a URL, to a file, or as the result.
 *
 * <p>A document holds all of its values as values, whatever is in them: each format escapes by its
 * own rules ({@link io.carillon.handler.report.Documents}). PDF is written by Apache PDFBox, which
 * needs classes of {@code java.awt} that a native executable does not have.
 */
@NullMarked
package io.carillon.handler.report;

import org.jspecify.annotations.NullMarked;
