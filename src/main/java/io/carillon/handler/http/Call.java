package io.carillon.handler.http;

import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Holds one request.
 *
 * @param namespace of the job that makes it, which decides to where it may connect
 * @param headers all but {@code Host} and {@code Content-Length}
 * @param body null for none
 * @param tls null for the certificates that the JDK trusts, and none of one's own
 */
public record Call(
        String namespace,
        CallTarget target,
        String method,
        Map<String, String> headers,
        byte @Nullable [] body,
        @Nullable Tls tls) {
    /** Makes a request with the usual TLS. */
    public Call(
            String namespace,
            CallTarget target,
            String method,
            Map<String, String> headers,
            byte @Nullable [] body) {
        this(namespace, target, method, headers, body, null);
    }

    /**
     * Holds the certificates and the key with which a call does TLS.
     *
     * @param digest tells these from others; reveals nothing of them
     */
    record Tls(String digest, SSLSocketFactory sockets) {}
}
