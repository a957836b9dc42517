package io.carillon.handler.http;

import io.carillon.outgoing.OutgoingGuard;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Gives Apache's HTTP client the addresses that the guard has checked, so that it connects to no
 * others.
 *
 * @param namespace of the job for which a connection is made, asked for while it is made
 */
public record GuardedResolver(OutgoingGuard guard, Supplier<String> namespace)
        implements DnsResolver {
    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        return checked(host).stream().map(address -> new InetSocketAddress(address, port)).toList();
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        return checked(host).toArray(InetAddress[]::new);
    }

    private List<InetAddress> checked(String host) throws UnknownHostException {
        try {
            String written = host.contains(":") ? "[" + host + "]" : host;
            return guard.checkedAddresses(written, namespace.get());
        } catch (InterruptedException interrupted) {
            // Callers check whether the thread was interrupted, whatever is thrown.
            Thread.currentThread().interrupt();
            throw new UnknownHostException(host);
        }
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        throw new UnsupportedOperationException("nobody needs it");
    }
}
