package io.carillon.outgoing;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Looks up the addresses of a name; may block as long as DNS takes. */
@FunctionalInterface
interface Lookup {
    /** Returns at least one. */
    InetAddress[] addresses(String name) throws UnknownHostException;
}
