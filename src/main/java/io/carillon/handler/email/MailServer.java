package io.carillon.handler.email;

import io.carillon.database.DatabaseClock;
import io.carillon.outgoing.GuardedSockets;
import jakarta.activation.DataHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.mail.Authenticator;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the SMTP server. Each mail has its own connection, which the guard of outgoing calls
 * must allow, and which is closed at once when the thread is interrupted.
 */
@ApplicationScoped
class MailServer {
    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    private final MailConfig config;
    private final GuardedSockets sockets;
    private final DatabaseClock clock;
    private final SSLSocketFactory tls;
    private final Session session;

    @Inject
    MailServer(MailConfig config, GuardedSockets sockets, DatabaseClock clock) {
        this(config, sockets, clock, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /**
     * @param tls decides which certificates are trusted
     */
    MailServer(
            MailConfig config, GuardedSockets sockets, DatabaseClock clock, SSLSocketFactory tls) {
        this.config = config;
        this.sockets = sockets;
        this.clock = clock;
        this.tls = tls;
        this.session = Session.getInstance(properties(config, tls), authenticator(config));
    }

    private static Properties properties(MailConfig config, SSLSocketFactory tls) {
        boolean upgrades = config.encryption() == MailConfig.Encryption.STARTTLS;
        var properties = new Properties();
        properties.setProperty("mail.smtp.starttls.enable", Boolean.toString(upgrades));
        properties.setProperty("mail.smtp.starttls.required", Boolean.toString(upgrades));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.socketFactory", tls);
        properties.setProperty("mail.smtp.auth", Boolean.toString(config.user().isPresent()));
        return properties;
    }

    private static Authenticator authenticator(MailConfig config) {
        return new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(
                        config.user().orElse(""), config.password().orElse(""));
            }
        };
    }

    /** Returns what the administrator has not configured; empty if mail can be sent. */
    Optional<String> lack() {
        return config.host().isPresent() && config.from().isPresent()
                ? Optional.empty()
                : Optional.of(
                        "no mail can be sent: the administrator has not set carillon.mail.host and carillon.mail.from");
    }

    String hostAndPort() {
        return config.host().orElse("") + ":" + config.port();
    }

    MimeMessage mail(UUID executionId, EmailConfig wanted, Mails.@Nullable Attachment attachment)
            throws MessagingException {
        var mail = new Identified(session, "<" + executionId + "@carillon>");
        mail.setFrom(new InternetAddress(config.from().orElse("")));
        add(mail, RecipientType.TO, wanted.to());
        add(mail, RecipientType.CC, wanted.cc());
        add(mail, RecipientType.BCC, wanted.bcc());
        if (wanted.replyTo() != null) {
            mail.setReplyTo(new InternetAddress[] {new InternetAddress(wanted.replyTo())});
        }
        mail.setSubject(wanted.subject(), UTF_8);
        mail.setSentDate(Date.from(clock.now()));
        // Prevents automatic replies such as absence notes.
        mail.setHeader("Auto-Submitted", "auto-generated");
        if (attachment == null) {
            write(mail, wanted);
        } else {
            var body = new MimeBodyPart();
            write(body, wanted);
            mail.setContent(new MimeMultipart("mixed", body, part(attachment)));
        }
        mail.saveChanges();
        return mail;
    }

    private static void write(MimePart body, EmailConfig wanted) throws MessagingException {
        if (wanted.text() != null && wanted.html() != null) {
            var either = new MimeMultipart("alternative");
            either.addBodyPart(part(wanted.text(), "plain"));
            either.addBodyPart(part(wanted.html(), "html"));
            body.setContent(either);
        } else if (wanted.html() != null) {
            body.setText(wanted.html(), UTF_8, "html");
        } else {
            body.setText(wanted.text(), UTF_8, "plain");
        }
    }

    private static MimeBodyPart part(Mails.Attachment attachment) throws MessagingException {
        var part = new MimeBodyPart();
        part.setDataHandler(
                new DataHandler(
                        new ByteArrayDataSource(attachment.content(), attachment.contentType())));
        part.setFileName(attachment.name());
        // As text its ends of lines would be changed.
        part.setHeader("Content-Transfer-Encoding", "base64");
        return part;
    }

    private static MimeBodyPart part(String text, String subtype) throws MessagingException {
        var part = new MimeBodyPart();
        part.setText(text, UTF_8, subtype);
        return part;
    }

    private static void add(MimeMessage mail, RecipientType type, @Nullable List<String> addresses)
            throws MessagingException {
        for (String address : addresses == null ? List.<String>of() : addresses) {
            mail.addRecipient(type, new InternetAddress(address));
        }
    }

    /**
     * Sends a mail, to all recipients or to none.
     *
     * @param namespace of the job
     * @throws IOException if the server was not reached: nothing was sent
     * @throws MessagingException if it refused the mail, or ended the connection
     */
    void send(MimeMessage mail, String namespace)
            throws IOException, MessagingException, InterruptedException {
        String host = config.host().orElse("");
        try (var socket = connected(host, namespace)) {
            var url = new URLName("smtp", host, config.port(), null, null, null);
            try (var transport = new SMTPTransport(session, url)) {
                transport.connect(socket);
                transport.sendMessage(mail, mail.getAllRecipients());
            }
        }
    }

    private Socket connected(String host, String namespace)
            throws IOException, InterruptedException {
        var socket = sockets.connect(host, config.port(), namespace);
        return config.encryption() == MailConfig.Encryption.TLS
                ? GuardedSockets.secured(tls, socket, host, config.port())
                : socket;
    }

    /** A mail that keeps its id when it is saved. */
    private static final class Identified extends MimeMessage {
        private final String id;

        Identified(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
