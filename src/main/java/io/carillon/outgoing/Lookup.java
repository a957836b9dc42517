package io.carillon.outgoing;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks for a name's addresses; may block for as long as DNS takes. */
@FunctionalInterface
interface Lookup {
    /** Returns at least one. */
    InetAddress[] addresses(String name) throws UnknownHostException;
}
