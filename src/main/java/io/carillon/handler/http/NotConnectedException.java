package io.carillon.handler.http;

import java.io.IOException;

/** Says that no connection was made, for the reason that is its cause: no request has left. */
public final class NotConnectedException extends IOException {
    private static final long serialVersionUID = 1L;

    public NotConnectedException(IOException cause) {
        super(cause);
    }
}
