package io.carillon.handler.email;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends one mail per attempt, to all of its addresses or to none. The mail's {@code Message-ID} is
 * made from the execution's id and stays the same in all attempts, so that mail systems recognise a
 * repetition.
 */
@ApplicationScoped
class EmailHandler implements JobHandler<EmailConfig> {
    private final MailServer server;

    EmailHandler(MailServer server) {
        this.server = server;
    }

    @Override
    public String type() {
        return "email_notification";
    }

    @Override
    public Class<EmailConfig> configType() {
        return EmailConfig.class;
    }

    @Override
    public Map<String, Where> placeholders() {
        return Map.of("subject", Where.TEXT, "text", Where.TEXT, "html", Where.HTML);
    }

    @Override
    public List<Violation> check(EmailConfig config) {
        var violations = new ArrayList<Violation>();
        server.lack().ifPresent(lack -> violations.add(new Violation("", lack)));
        checkAll("to", config.to(), violations);
        checkAll("cc", config.cc(), violations);
        checkAll("bcc", config.bcc(), violations);
        if (config.replyTo() != null) {
            check("replyTo", config.replyTo(), violations);
        }
        if (config.text() == null && config.html() == null) {
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

    @Override
    public Outcome run(ExecutionContext<EmailConfig> context) throws InterruptedException {
        try {
            var mail = server.mail(context.executionId(), context.config());
            server.send(mail);
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
