/**
 * Placeholders such as <code>{{execution.id}}</code> in the texts of configs.
 *
 * <p>A handler says which fields of its config may have them, and where each one's text goes:
 * {@link io.carillon.placeholder.Where}. {@link io.carillon.placeholder.Placeholders} finds, checks
 * and fills them in the config as JSON, before the handler reads it. What a placeholder brings in
 * is written so that it stays a value where it stands: it begins no parameter of a URL, no member
 * of a JSON object, no header and no tag. It is not looked through for placeholders again. What
 * secrets have brought in is taken out of what comes of the attempt by {@link
 * io.carillon.placeholder.Mask}.
 */
@NullMarked
package io.carillon.placeholder;

import org.jspecify.annotations.NullMarked;
