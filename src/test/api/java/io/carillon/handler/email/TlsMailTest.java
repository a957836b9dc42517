package io.carillon.handler.email;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.carillon.database.DatabaseClock;
import io.carillon.handler.Outcome;
import io.carillon.handler.email.MailConfig.Encryption;
import io.carillon.outgoing.GuardedSockets;
import io.carillon.support.FreePort;
import io.carillon.support.TestCertificates;
import io.carillon.support.TlsMailServer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Mails by TLS: from the first byte in the running service, both ways with certificates of ours.
 */
@QuarkusTest
@TestProfile(TlsMailTest.WithTls.class)
class TlsMailTest {
    @ConfigProperty(name = "carillon.mail.port")
    int port;

    @Inject GuardedSockets sockets;
    @Inject DatabaseClock clock;

    /** An administrator's settings. */
    public static final class WithTls implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "carillon.mail.host", "localhost",
                    "carillon.mail.port", Integer.toString(FreePort.find()),
                    "carillon.mail.encryption", "tls",
                    "carillon.mail.from", "carillon@example.com");
        }
    }

    private record Settings(String name, int port, Encryption encryption) implements MailConfig {
        @Override
        public Optional<String> host() {
            return Optional.of(name);
        }

        @Override
        public Optional<String> user() {
            return Optional.empty();
        }

        @Override
        public Optional<String> password() {
            return Optional.empty();
        }

        @Override
        public Optional<String> from() {
            return Optional.of("carillon@example.com");
        }
    }

    private static TlsMailServer server(Encryption encryption) {
        return encryption == Encryption.TLS ? TlsMailServer.implicit(0) : TlsMailServer.startTls(0);
    }

    private void send(Settings settings, SSLSocketFactory tls)
            throws IOException, MessagingException, InterruptedException {
        var server = new MailServer(settings, sockets, clock, tls);
        var wanted =
                new EmailConfig(
                        List.of("ops@example.com"), null, null, null, "by TLS", "text", null);
        server.send(server.mail(UUID.randomUUID(), wanted, null), "default");
    }

    private static SSLSocketFactory usual() {
        return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS", "STARTTLS"})
    void aMailIsSentEncryptedAlone(Encryption encryption) throws Exception {
        try (var server = server(encryption)) {
            send(
                    new Settings("localhost", server.port(), encryption),
                    TestCertificates.trustingOurCa());

            assertThat(server.lines())
                    .contains("RCPT TO:<ops@example.com>", "Subject: by TLS", "text");
            assertThat(server.inClear())
                    .allMatch(line -> line.startsWith("EHLO ") || line.equals("STARTTLS"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS", "STARTTLS"})
    void aCertificateThatIsNotTrustedGetsNoMail(Encryption encryption) {
        try (var server = server(encryption)) {
            var failure = failure(new Settings("localhost", server.port(), encryption), usual());

            assertThat(failure.code()).isEqualTo("EMAIL_TLS");
            assertThat(failure.message())
                    .startsWith("TLS with localhost:" + server.port() + " failed")
                    .endsWith("; its certificate is of no CA that is trusted here");
            assertThat(failure.hadNoEffect()).isTrue();
            assertThat(failure.isRetryable()).isTrue();
            assertThat(server.lines()).isEmpty();
        }
    }

    /** The certificate is for localhost and 127.0.0.1. */
    @ParameterizedTest
    @EnumSource(names = {"TLS", "STARTTLS"})
    void aCertificateOfAnotherNameGetsNoMail(Encryption encryption) {
        try (var server = server(encryption)) {
            var failure =
                    failure(
                            // On Linux all of 127.0.0.0/8 is the loopback.
                            new Settings("127.0.0.2", server.port(), encryption),
                            TestCertificates.trustingOurCa());

            assertThat(failure.code()).isEqualTo("EMAIL_TLS");
            assertThat(failure.hadNoEffect()).isTrue();
            assertThat(server.lines()).noneMatch(line -> line.startsWith("MAIL"));
        }
    }

    private Outcome.Failure failure(Settings settings, SSLSocketFactory tls) {
        String server = settings.name() + ":" + settings.port();
        var failure = catchThrowableOfType(Exception.class, () -> send(settings, tls));
        return failure instanceof IOException unreachable
                ? MailFailures.unreachable(unreachable, server)
                : MailFailures.of((MessagingException) failure, server);
    }

    @Test
    void aJobSaysThatTheCertificateIsNotTrusted() {
        try (var server = TlsMailServer.implicit(port)) {
            var mail = aSubmission().put("type", "email_notification");
            mail.set(
                    "config",
                    json("{\"to\": [\"ops@example.com\"], \"subject\": \"s\", \"text\": \"t\"}"));
            mail.putObject("retry").put("maxAttempts", 1);

            var execution = ended(submittedId(mail));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("EMAIL_TLS");
            assertThat(execution.at("/error/message").textValue())
                    .contains("its certificate is of no CA that is trusted here");
            assertThat(server.lines()).isEmpty();
        }
    }

    @Test
    void aRulesDeliverySaysItToo() {
        String team = unique("team");
        var rule = object().put("name", unique("rule"));
        rule.putObject("labels").put("team", team);
        rule.putObject("mail").putArray("to").add("ops@example.com");
        String id = tree(body(rule).post("/api/v1/rules"), 201).get("id").textValue();
        try (var server = TlsMailServer.implicit(port)) {
            var job = aJob();
            job.putObject("labels").put("team", team);
            job.putObject("config").put("failures", 1);
            job.putObject("retry").put("maxAttempts", 1);
            ended(triggered(createdId(job), "{}").get("id").textValue());

            await().atMost(Duration.ofSeconds(30))
                    .until(
                            () ->
                                    tree(
                                                    get(
                                                            "/api/v1/executions?type=email_notification&limit=50"),
                                                    200)
                                            .toString()
                                            .contains("is of no CA that is trusted here"));
            assertThat(server.lines()).isEmpty();
        } finally {
            request().delete("/api/v1/rules/{id}", id);
        }
    }
}
