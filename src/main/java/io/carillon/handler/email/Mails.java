package io.carillon.handler.email;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.Outcome;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks and sends the mails of jobs. */
@ApplicationScoped
public class Mails {
    private final MailServer server;

    Mails(MailServer server) {
        this.server = server;
    }

    /** A file in a mail. */
    public record Attachment(String name, String contentType, byte[] content) {}

    /** Returns the violations of a mail, each with its field. */
    public List<Violation> check(EmailConfig mail) {
        var violations = new ArrayList<Violation>();
        server.lack().ifPresent(lack -> violations.add(new Violation("", lack)));
        checkAll("to", mail.to(), violations);
        checkAll("cc", mail.cc(), violations);
        checkAll("bcc", mail.bcc(), violations);
        if (mail.replyTo() != null) {
            check("replyTo", mail.replyTo(), violations);
        }
        if (mail.text() == null && mail.html() == null) {
            violations.add(new Violation("text", "is missing; html may replace it"));
        }
        return violations;
    }

    private static void checkAll(
            String field, @Nullable List<String> addresses, List<Violation> violations) {
        int index = 0;
        for (String address : addresses == null ? List.<String>of() : addresses) {
            check(field + "[" + index++ + "]", address, violations);
        }
    }

    private static void check(String field, String address, List<Violation> violations) {
        try {
            new InternetAddress(address, true).validate();
            if (address.chars().anyMatch(each -> each <= ' ' || each > '~')) {
                throw new AddressException("expected ASCII without spaces");
            }
        } catch (AddressException wrong) {
            violations.add(new Violation(field, "is not an address such as ops@example.com"));
        }
    }

    /**
     * Sends a mail once. The result is its id and the number of its recipients.
     *
     * @throws InterruptedException if the thread was interrupted meanwhile
     */
    public Outcome send(
            ExecutionContext<?> context, EmailConfig wanted, @Nullable Attachment attachment)
            throws InterruptedException {
        try {
            var mail = server.mail(context.executionId(), wanted, attachment);
            server.send(mail, context.namespace());
            var result = JsonNodeFactory.instance.objectNode();
            result.put("messageId", mail.getMessageID());
            result.put("recipients", mail.getAllRecipients().length);
            return new Outcome.Success(result);
        } catch (IOException unreachable) {
            return MailFailures.unreachable(unreachable, server.hostAndPort());
        } catch (MessagingException failure) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return MailFailures.of(failure, server.hostAndPort());
        }
    }
}
