/**
 * The guard of everything that connects to an address somebody else has chosen. {@link
 * io.carillon.outgoing.OutgoingGuard} resolves a host once, refuses it if any of its addresses is
 * refused, and hands out the addresses that were checked; whoever connects uses these and resolves
 * nothing again. So an answer of DNS that changes between check and use changes nothing. A redirect
 * is another host, and goes the same way.
 */
@NullMarked
package io.carillon.outgoing;

import org.jspecify.annotations.NullMarked;
