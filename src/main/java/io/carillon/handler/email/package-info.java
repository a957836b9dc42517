/**
 * The {@code email_notification} type: sends a mail by the SMTP server that the administrator has
 * configured. Jobs choose neither the sender nor the server; the recipients are checked when the
 * job is saved.
 */
@NullMarked
package io.carillon.handler.email;

import org.jspecify.annotations.NullMarked;
