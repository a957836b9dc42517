package io.carillon.handler.http;

import io.carillon.outgoing.GuardedSockets;
import io.carillon.outgoing.OutgoingGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes the pool of connections. The guard provides their addresses, which are tried one after the
 * other until one answers. Proxies of the environment or of the JVM are not used. The JDK checks
 * the certificate of a name, by its own certificates or by those of the call.
 */
final class Connections {
    private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(10);

    /**
     * The longest life of a connection, so that a name that has moved is noticed, however busy its
     * connections are.
     */
    private static final TimeValue OLDEST = TimeValue.ofMinutes(5);

    /** Shorter than the time after which networks forget a silent connection, 350 s in some. */
    private static final int PROBE_AFTER_SECONDS = 60;

    private static final int PROBE_EVERY_SECONDS = 15;
    private static final int PROBES = 4;

    /** The call for which a connection is made, while it is made. */
    static final ScopedValue<Call> CALL = ScopedValue.newInstance();

    private Connections() {}

    static PoolingHttpClientConnectionManager through(OutgoingGuard guard) {
        var usual = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var operator =
                new DefaultHttpClientConnectionOperator(
                        proxy -> socket(),
                        null,
                        new GuardedResolver(guard, () -> CALL.get().namespace()),
                        RegistryBuilder.<TlsSocketStrategy>create()
                                .register(
                                        "https",
                                        (socket, host, port, attachment, context) ->
                                                GuardedSockets.secured(
                                                        CALL.get().tls() instanceof Call.Tls own
                                                                ? own.sockets()
                                                                : usual,
                                                        socket,
                                                        host,
                                                        port))
                                .build());
        var pool =
                new PoolingHttpClientConnectionManager(
                        operator,
                        PoolConcurrencyPolicy.STRICT,
                        PoolReusePolicy.LIFO,
                        TimeValue.NEG_ONE_MILLISECOND,
                        socket -> new KeptConnection());
        pool.setMaxTotal(Integer.MAX_VALUE);
        pool.setDefaultMaxPerRoute(Integer.MAX_VALUE);
        // The attempt's timeout limits silence; the library's default is three minutes.
        pool.setDefaultSocketConfig(
                SocketConfig.custom()
                        .setSoTimeout(Timeout.ZERO_MILLISECONDS)
                        .setSoKeepAlive(true)
                        .build());
        pool.setDefaultConnectionConfig(
                ConnectionConfig.custom()
                        .setConnectTimeout(CONNECT_TIMEOUT)
                        .setTimeToLive(OLDEST)
                        .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                        .build());
        return pool;
    }

    /**
     * Makes a socket from a channel: it ignores SOCKS proxies, and interrupting its thread closes
     * it.
     */
    private static Socket socket() {
        try {
            var channel = SocketChannel.open();
            probe(channel);
            return channel.socket();
        } catch (IOException noneLeft) {
            throw new UncheckedIOException(noneLeft);
        }
    }

    private static void probe(SocketChannel channel) throws IOException {
        if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, PROBE_AFTER_SECONDS);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_EVERY_SECONDS);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
        }
    }
}
