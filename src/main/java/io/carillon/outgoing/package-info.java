/**
 * Guards every connection to an address that a client has chosen. {@link
 * io.carillon.outgoing.OutgoingGuard} resolves a host once, refuses it if any of its addresses is
 * refused, and hands out the addresses that were checked; code that connects uses these addresses
 * and does not resolve again. So it does not matter if DNS changes its answer between check and
 * use. A redirect is another host and is checked in the same way. What is allowed depends on the
 * namespace of the job, so every question names it, and a connection that was made for a namespace
 * with a list of its own serves no other.
 */
@NullMarked
package io.carillon.outgoing;

import org.jspecify.annotations.NullMarked;
