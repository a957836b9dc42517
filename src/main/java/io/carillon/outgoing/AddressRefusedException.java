package io.carillon.outgoing;

import java.net.UnknownHostException;

/**
 * Says that the guard refuses a host. Its message names the host, what kind of address it has and
 * the setting that would allow it; not the address, which whoever chose the host may not be meant
 * to learn. To whoever knows nothing of a guard the host has no address.
 */
public final class AddressRefusedException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    AddressRefusedException(String message) {
        super(message);
    }
}
