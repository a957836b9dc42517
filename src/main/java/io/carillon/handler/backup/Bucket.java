package io.carillon.handler.backup;

import io.carillon.handler.Outcome;
import io.carillon.handler.http.GuardedResolver;
import io.carillon.outgoing.OutgoingGuard;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Asks one bucket, for one attempt. Connections go to addresses that the guard has checked, and to
 * no proxy; nothing is read from the environment or the files of AWS's tools.
 *
 * <p>Each request is made by a virtual thread of its own while the caller waits, since a backup may
 * be written by a platform thread, whose reading of a socket nobody can interrupt.
 */
final class Bucket implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Stores that put parts together may be silent for minutes. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    /** How long an interrupted request may take to end, so that nothing arrives after an abort. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final BucketConfig config;
    private final SdkHttpClient http;
    private final S3Client client;

    /**
     * @param namespace of the job
     */
    Bucket(BucketConfig config, OutgoingGuard guard, String namespace) {
        this.config = config;
        this.http =
                Apache5HttpClient.builder()
                        .dnsResolver(new GuardedResolver(guard, () -> namespace))
                        .proxyConfiguration(
                                ProxyConfiguration.builder()
                                        .useSystemPropertyValues(false)
                                        .useEnvironmentVariableValues(false)
                                        .build())
                        .connectionTimeout(CONNECT_TIMEOUT)
                        .socketTimeout(LONGEST_SILENCE)
                        .useIdleConnectionReaper(false)
                        .tcpKeepAlive(true)
                        .build();
        this.client =
                S3Client.builder()
                        .httpClient(http)
                        .endpointOverride(URI.create(config.endpointOrDefault()))
                        .region(Region.of(config.regionOrDefault()))
                        .forcePathStyle(config.isPathStyle())
                        // Each would be looked up in the environment; AUTO asks the machine's
                        // metadata service, past the guard.
                        .defaultsMode(DefaultsMode.STANDARD)
                        .fipsEnabled(false)
                        .dualstackEnabled(false)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(
                                                config.accessKey(), config.secretKey())))
                        // Trailing checksums are refused by many other stores, and what was sent
                        // is read back.
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                        .overrideConfiguration(
                                override ->
                                        override.retryStrategy(
                                                        AwsRetryStrategy.standardRetryStrategy())
                                                .addExecutionInterceptor(new AnswerLimit())
                                                .defaultProfileFile(
                                                        ProfileFile.aggregator().build()))
                        .build();
    }

    /** Asks the client something. */
    @FunctionalInterface
    interface Question<T> {
        T of(S3Client client) throws IOException;
    }

    String name() {
        return config.bucket();
    }

    BucketConfig config() {
        return config;
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param asked the operation by its name in S3
     * @throws BucketException if there is none, or it refuses
     * @throws InterruptedIOException if this thread is interrupted, which it is afterwards too; the
     *     connection is closed
     */
    <T> T ask(String asked, Question<T> question) throws IOException {
        // The attempt has a timeout.
        return ask(asked, null, question);
    }

    /**
     * Asks as {@link #ask(String, Question)} does, for a limited time: with all that the client
     * tries again, and each address it tries.
     *
     * @param limit null for none
     */
    <T> T ask(String asked, @Nullable Duration limit, Question<T> question) throws IOException {
        Callable<T> call = () -> question.of(client);
        var task = new FutureTask<>(call);
        var thread = Thread.ofVirtual().name("s3").start(task);
        try {
            return limit == null ? task.get() : task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw failureOf(failure.getCause(), asked);
        } catch (TimeoutException late) {
            task.cancel(true);
            awaitEnd(thread);
            throw new SocketTimeoutException("no answer to %s in time".formatted(asked));
        } catch (InterruptedException interrupted) {
            task.cancel(true);
            awaitEnd(thread);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(asked);
        }
    }

    private IOException failureOf(@Nullable Throwable cause, String asked) {
        return switch (cause) {
            case SdkException sdk ->
                    new BucketException(BucketFailures.of(sdk, asked, config), sdk);
            case IOException io -> io;
            // Such as an instant that is none: nobody knows what stores answer.
            case RuntimeException unread ->
                    new BucketException(
                            Outcome.failure(
                                    "S3_ERROR",
                                    "%s of %s: what it answered cannot be read: %s"
                                            .formatted(asked, config, unread)),
                            unread);
            case null, default -> throw new IllegalStateException(cause);
        };
    }

    private static void awaitEnd(Thread thread) {
        try {
            var unused = thread.join(GRACE);
        } catch (InterruptedException again) {
            // Set again by the caller.
        }
    }

    @Override
    public void close() {
        client.close();
        http.close();
    }
}
