package io.carillon.outgoing;

import java.net.UnknownHostException;

/**
 * Thrown when the guard refuses a host. The message names the host, the kind of its address and the
 * setting that would allow it. It does not name the address, because the client who chose the host
 * may not be allowed to learn it. It extends {@link UnknownHostException}, so code that does not
 * know the guard handles it as a host without an address.
 */
public final class AddressRefusedException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    AddressRefusedException(String message) {
        super(message);
    }
}
