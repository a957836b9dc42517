package io.carillon.outgoing;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Connects to hosts that clients have chosen, using only addresses that {@link OutgoingGuard} has
 * checked. Interrupting the thread that connects, reads or writes closes the socket.
 */
@ApplicationScoped
public class GuardedSockets {
    /** The limit for each address of a name. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final OutgoingGuard guard;

    GuardedSockets(OutgoingGuard guard) {
        this.guard = guard;
    }

    /**
     * Connects to the first address of a host that answers. The socket's address keeps the host as
     * its name.
     *
     * @param host an IPv6 address in brackets, as in a URL
     * @param namespace of the job that connects
     * @throws AddressRefusedException if the host leads to an address that is not allowed
     * @throws UnknownHostException if it has none
     * @throws IOException if none of its addresses answers within ten seconds
     */
    public Socket connect(String host, int port, String namespace)
            throws IOException, InterruptedException {
        IOException last = new ConnectException("no address");
        for (var address : guard.checkedAddresses(host, namespace)) {
            try {
                return connect(host, address, port);
            } catch (IOException failure) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                last = failure;
            }
        }
        throw last;
    }

    private static Socket connect(String host, InetAddress address, int port) throws IOException {
        var named = InetAddress.getByAddress(bare(host), address.getAddress());
        var channel = SocketChannel.open();
        try {
            channel.socket()
                    .connect(new InetSocketAddress(named, port), (int) CONNECT_TIMEOUT.toMillis());
            return channel.socket();
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /**
     * Starts TLS on a connection. The JDK must trust the server's certificate, and the certificate
     * must name the host.
     */
    public static SSLSocket secured(Socket socket, String host, int port) throws IOException {
        return secured((SSLSocketFactory) SSLSocketFactory.getDefault(), socket, host, port);
    }

    /** As above, with the trust settings of the given factory. */
    public static SSLSocket secured(SSLSocketFactory tls, Socket socket, String host, int port)
            throws IOException {
        var secured = (SSLSocket) tls.createSocket(socket, bare(host), port, true);
        var parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
