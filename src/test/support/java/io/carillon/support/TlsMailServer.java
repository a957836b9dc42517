package io.carillon.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * An SMTP server on the loopback with the certificate of {@link TestCertificates}, for localhost,
 * that takes mails by TLS alone: from the first byte, or after STARTTLS.
 */
public final class TlsMailServer implements AutoCloseable {
    private final ServerSocket server;
    private final SSLSocketFactory tls;
    private final boolean isImplicit;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> inClear = new CopyOnWriteArrayList<>();

    private TlsMailServer(boolean isImplicit, int port) {
        this.isImplicit = isImplicit;
        try {
            // On all addresses: also on those for which the certificate is not.
            server = new ServerSocket(port);
            tls = TestCertificates.ofServer().getSocketFactory();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        threads.execute(this::accept);
    }

    /**
     * @param port zero for any
     */
    public static TlsMailServer implicit(int port) {
        return new TlsMailServer(true, port);
    }

    /**
     * @param port zero for any
     */
    public static TlsMailServer startTls(int port) {
        return new TlsMailServer(false, port);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** What came by TLS. */
    public List<String> lines() {
        return lines;
    }

    /** What came before TLS. */
    public List<String> inClear() {
        return inClear;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                threads.execute(() -> talk(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            if (isImplicit) {
                try (var secured = secured(socket)) {
                    speak(secured, lines, true);
                }
            } else if (speak(socket, inClear, true)) {
                try (var secured = secured(socket)) {
                    speak(secured, lines, false);
                }
            }
        } catch (IOException refused) {
            // As a client does that does not trust the certificate.
        }
    }

    private SSLSocket secured(Socket socket) throws IOException {
        var secured = (SSLSocket) tls.createSocket(socket, "localhost", port(), true);
        secured.setUseClientMode(false);
        secured.startHandshake();
        return secured;
    }

    /** Speaks until the client ends it, or wants TLS: true. */
    private boolean speak(Socket socket, List<String> heard, boolean greets) throws IOException {
        var in =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        boolean isSecure = socket instanceof SSLSocket;
        if (greets) {
            say(socket, "220 here");
        }
        boolean isContent = false;
        for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
            heard.add(line);
            if (isContent && !line.equals(".")) {
                continue;
            }
            isContent = line.equals("DATA");
            say(socket, reply(line, isSecure));
            if (line.equals("STARTTLS")) {
                return true;
            }
        }
        return false;
    }

    private static String reply(String line, boolean isSecure) {
        return switch (line.split(" ")[0]) {
            case "EHLO" -> isSecure ? "250 here" : "250-here\r\n250 STARTTLS";
            case "STARTTLS" -> "220 go on";
            case "MAIL" -> isSecure ? "250 fine" : "530 must issue STARTTLS first";
            case "DATA" -> "354 go on";
            case "QUIT" -> "221 bye";
            default -> "250 fine";
        };
    }

    private static void say(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Waits until its threads have ended: only then may the next have the port. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }
}
