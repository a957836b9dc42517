package io.carillon.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An nginx on the loopback that answers everything with 200 and a few bytes. It is the one on the
 * path, or the one that {@code BENCH_NGINX} names.
 */
final class Nginx implements AutoCloseable {
    private static final String CONFIGURATION =
            """
            worker_processes 1;
            daemon off;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log;
            events { worker_connections 4096; }
            http {
                access_log off;
                keepalive_requests 1000000;
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/proxy;
                fastcgi_temp_path %1$s/fastcgi;
                uwsgi_temp_path %1$s/uwsgi;
                scgi_temp_path %1$s/scgi;
                server { listen 127.0.0.1:%2$d backlog=1024; location / { return 200 "ok\\n"; } }
            }
            """;

    private final Process process;
    private final int port;

    private Nginx(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Nginx start(Path target) {
        int port = Processes.freePort();
        try {
            var folder = Files.createTempDirectory(target, "nginx-");
            var file = folder.resolve("nginx.conf");
            Files.writeString(file, CONFIGURATION.formatted(folder, port));
            var process =
                    new ProcessBuilder(
                                    System.getenv().getOrDefault("BENCH_NGINX", "nginx"),
                                    "-p",
                                    folder.toString(),
                                    "-c",
                                    file.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("output").toFile())
                            .start();
            var nginx = new Nginx(process, port);
            if (!Await.until(Duration.ofSeconds(10), nginx::isListening)) {
                nginx.close();
                throw new BenchFailure("nginx did not start; " + folder);
            }
            return nginx;
        } catch (IOException failure) {
            throw new BenchFailure("There is no nginx; BENCH_NGINX may name one", failure);
        }
    }

    String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    private boolean isListening() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
