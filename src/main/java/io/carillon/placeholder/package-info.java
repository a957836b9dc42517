/**
 * Placeholders such as <code>{{execution.id}}</code> in the texts of configs.
 *
 * <p>A handler says which fields of its config may have them, and where each one's text goes:
 * {@link io.carillon.placeholder.Where}. {@link io.carillon.placeholder.Placeholders} finds, checks
 * and fills them in the config as JSON, before the handler reads it. A filled-in value is written
 * so that it stays a value: it cannot begin a parameter of a URL, a member of a JSON object, a
 * header or a tag. It is not searched for placeholders again. {@link io.carillon.placeholder.Mask}
 * removes the values of secrets from the outcome of the attempt.
 */
@NullMarked
package io.carillon.placeholder;

import org.jspecify.annotations.NullMarked;
