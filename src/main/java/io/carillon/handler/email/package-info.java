/**
 * The {@code email_notification} type: sends a mail by the SMTP server that the administrator has
 * configured. Whom a mail comes from, and which server takes it, no job decides; to whom it goes is
 * checked when the job is saved.
 */
@NullMarked
package io.carillon.handler.email;

import org.jspecify.annotations.NullMarked;
