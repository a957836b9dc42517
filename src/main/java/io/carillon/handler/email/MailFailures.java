package io.carillon.handler.email;

import io.carillon.handler.Outcome;
import io.carillon.handler.http.HttpFailures;
import io.carillon.outgoing.AddressRefusedException;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Explains why a mail was not accepted. RFC 5321 §4.2.1: 5yz is permanent, 4yz is temporary. A
 * server that answered either has not accepted the mail; if it stopped answering, this is unknown.
 */
final class MailFailures {
    private static final int PERMANENT = 500;
    private static final Pattern REPLY = Pattern.compile("^([45])\\d\\d");

    /** By which Angus Mail tells that the socket was not made one of TLS. */
    private static final String NOT_CONVERTED = "Could not convert socket to TLS";

    private record Reply(int code, String text) {}

    private MailFailures() {}

    /** Returns the outcome of a mail whose server was not reached. */
    static Outcome.Failure unreachable(IOException failure, String server) {
        return switch (failure) {
            case AddressRefusedException refused ->
                    Outcome.failure("ADDRESS_REFUSED", String.valueOf(refused.getMessage()))
                            .notRetryable()
                            .withoutEffect();
            case SSLException tls -> tls(tls, server);
            default ->
                    Outcome.failure("EMAIL_CONNECT", "no connection to " + server + why(failure))
                            .withoutEffect();
        };
    }

    /** Before TLS is agreed on, no mail is sent. */
    private static Outcome.Failure tls(IOException failure, String server) {
        String hint = failure instanceof SSLException tls ? HttpFailures.hint(tls) : "";
        return Outcome.failure("EMAIL_TLS", "TLS with " + server + " failed" + why(failure) + hint)
                .withoutEffect();
    }

    /** Returns the outcome of a mail that the server refused or did not answer. */
    static Outcome.Failure of(MessagingException failure, String server) {
        if (failure instanceof AuthenticationFailedException) {
            var refused =
                    Outcome.failure("EMAIL_AUTH", server + " refused to sign in" + why(failure))
                            .withoutEffect();
            return isForNow(failure) ? refused : refused.notRetryable();
        }
        if (ofStartTls(failure) instanceof IOException tls) {
            return tls(tls, server);
        }
        var replies = new ArrayList<Reply>();
        for (@Nullable Exception each = failure; each != null; each = next(each)) {
            collect(each, replies);
        }
        if (replies.isEmpty()) {
            return Outcome.failure("EMAIL_IO", server + " did not accept the mail" + why(failure));
        }
        String said =
                replies.stream()
                        .map(Reply::text)
                        .map(String::strip)
                        .distinct()
                        .collect(Collectors.joining("; "));
        return replies.stream().anyMatch(reply -> reply.code >= PERMANENT)
                ? Outcome.failure("EMAIL_REFUSED", server + " refused the mail: " + said)
                        .withoutEffect()
                        .notRetryable()
                : Outcome.failure("EMAIL_DEFERRED", server + " deferred the mail: " + said)
                        .withoutEffect();
    }

    /** Returns what STARTTLS has failed with; null if the failure is another. */
    private static @Nullable IOException ofStartTls(MessagingException failure) {
        return String.valueOf(failure.getMessage()).startsWith(NOT_CONVERTED)
                        && failure.getNextException() instanceof IOException cause
                ? cause
                : null;
    }

    private static boolean isForNow(MessagingException failure) {
        var reply = REPLY.matcher(String.valueOf(failure.getMessage()));
        return reply.find() && reply.group(1).equals("4");
    }

    private static @Nullable Exception next(Exception failure) {
        return failure instanceof MessagingException chained ? chained.getNextException() : null;
    }

    private static void collect(Exception failure, List<Reply> replies) {
        switch (failure) {
            case SMTPAddressFailedException address ->
                    replies.add(
                            new Reply(
                                    address.getReturnCode(),
                                    address.getAddress() + ": " + address.getMessage()));
            case SMTPSenderFailedException sender ->
                    replies.add(
                            new Reply(sender.getReturnCode(), String.valueOf(sender.getMessage())));
            case SMTPSendFailedException send when send.getReturnCode() > 0 ->
                    replies.add(new Reply(send.getReturnCode(), String.valueOf(send.getMessage())));
            default -> {
                // Contains no reply code.
            }
        }
    }

    private static String why(Exception failure) {
        return failure.getMessage() == null
                ? ": " + failure.getClass().getSimpleName()
                : ": " + failure.getMessage().strip();
    }
}
