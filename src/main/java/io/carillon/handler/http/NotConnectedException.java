package io.carillon.handler.http;

import java.io.IOException;

/** Thrown when no connection was made, so no request was sent; its cause says why. */
public final class NotConnectedException extends IOException {
    private static final long serialVersionUID = 1L;

    public NotConnectedException(IOException cause) {
        super(cause);
    }
}
