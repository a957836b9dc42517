package io.carillon.handler.email;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.carillon.support.FreePort;
import io.carillon.support.LineServer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMultipart;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mails against a real SMTP server, and against one that answers what a test says. */
@QuarkusTest
@TestProfile(EmailTypeTest.WithMail.class)
public class EmailTypeTest {
    /** As the profile, which another class loader has, made it up. */
    @ConfigProperty(name = "carillon.mail.port")
    int port;

    private GreenMail mailbox;

    /** An administrator's settings. */
    public static final class WithMail implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "carillon.mail.host", "localhost",
                    "carillon.mail.port", Integer.toString(FreePort.find()),
                    "carillon.mail.encryption", "none",
                    "carillon.mail.from", "carillon@example.com");
        }
    }

    @BeforeEach
    void make() {
        mailbox = new GreenMail(new ServerSetup(port, "localhost", "smtp"));
    }

    @AfterEach
    void close() {
        mailbox.stop();
    }

    @Test
    void aMailArrivesAtAllOfItsAddresses() throws Exception {
        mailbox.start();
        var config = (ObjectNode) json("{\"to\": [\"a@example.com\", \"b@example.com\"]}");
        config.putArray("cc").add("c@example.com");
        config.putArray("bcc").add("d@example.com");
        config.put("subject", "Größe \u2713").put("text", "plain").put("html", "<b>rich</b>");
        config.put("replyTo", "answers@example.com");

        var execution = ended(submittedId(aMail(config)));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.at("/result/recipients").asInt()).isEqualTo(4);
        var mails = mailbox.getReceivedMessages();
        assertThat(mails).hasSize(4);
        var mail = mails[0];
        assertThat(mail.getSubject()).isEqualTo("Größe \u2713");
        assertThat(mail.getFrom()[0]).hasToString("carillon@example.com");
        assertThat(mail.getReplyTo()[0]).hasToString("answers@example.com");
        assertThat(mail.getRecipients(RecipientType.TO)).hasSize(2);
        assertThat(mail.getRecipients(RecipientType.CC)).hasSize(1);
        assertThat(mail.getRecipients(RecipientType.BCC)).isNull();
        assertThat(mail.getMessageID())
                .isEqualTo("<" + execution.get("id").textValue() + "@carillon>");
        var parts = (MimeMultipart) mail.getContent();
        assertThat(parts.getBodyPart(0).getContent()).isEqualTo("plain");
        assertThat(parts.getBodyPart(1).getContentType()).startsWith("text/html");
        assertThat(parts.getBodyPart(1).getContent()).isEqualTo("<b>rich</b>");
    }

    @Test
    void placeholdersAreFilledAndKeepTheirPlaceInHtml() throws Exception {
        mailbox.start();
        String name = unique("secret");
        tree(body(object().put("value", "<b>code</b>")).put("/api/v1/secrets/{name}", name), 201);
        String placeholder = "{{secret." + name + "}}";
        var config =
                aConfig().put("subject", "Due {{execution.scheduledAt|yyyy}} {{job.namespace}}");
        config.put("text", "try {{execution.attempt}}").put("html", "<p>" + placeholder + "</p>");

        ended(submittedId(aMail(config)));

        var mail = mailbox.getReceivedMessages()[0];
        assertThat(mail.getSubject()).matches("Due \\d{4} default");
        var parts = (MimeMultipart) mail.getContent();
        assertThat(parts.getBodyPart(0).getContent()).isEqualTo("try 1");
        assertThat(parts.getBodyPart(1).getContent()).isEqualTo("<p>&lt;b&gt;code&lt;/b&gt;</p>");
    }

    /** RFC 5321: 5yz is for good, 4yz is for now. */
    @ParameterizedTest
    @CsvSource({
        "RCPT, 550 no such user, EMAIL_REFUSED, 1",
        "RCPT, 450 busy, EMAIL_DEFERRED, 2",
        "MAIL, 553 not you, EMAIL_REFUSED, 1",
        "DATA, 451 later, EMAIL_DEFERRED, 2",
        "., 554 spam, EMAIL_REFUSED, 1",
        "., 452 full, EMAIL_DEFERRED, 2",
        "., '', EMAIL_IO, 1"
    })
    void whatTheServerSaysDecidesWhetherItIsTriedAgain(
            String command, String reply, String code, int attempts) {
        try (var _ = LineServer.smtp(port, command, reply)) {
            var mail = aMail(aConfig()).put("delivery", "AT_MOST_ONCE");
            mail.set("retry", json("{\"maxAttempts\": 2, \"delay\": \"1ms\"}"));

            var execution = ended(submittedId(mail));

            assertThat(execution.at("/error/code").textValue()).isEqualTo(code);
            assertThat(execution.get("attempt").asInt()).isEqualTo(attempts);
            assertThat(execution.at("/error/message").textValue())
                    .contains(reply)
                    .contains("localhost:" + port);
        }
    }

    @Test
    void aServerThatIsNotThereIsTriedAgainAlsoAtMostOnce() {
        var mail = aMail(aConfig()).put("delivery", "AT_MOST_ONCE");
        mail.set("retry", json("{\"maxAttempts\": 2, \"delay\": \"1ms\"}"));

        var execution = ended(submittedId(mail));

        assertThat(execution.at("/error/code").textValue()).isEqualTo("EMAIL_CONNECT");
        assertThat(execution.get("attempt").asInt()).isEqualTo(2);
    }

    @Test
    void aSilentServerIsLeftWhenTheAttemptTimesOut() {
        try (var _ = LineServer.silent(port)) {
            var mail = aMail(aConfig()).put("timeout", "300ms");
            mail.set("retry", json("{\"maxAttempts\": 1}"));

            var execution = ended(submittedId(mail));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("TIMEOUT");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "to[0]   | {\"to\": [\"nobody\"]}",
                "to[1]   | {\"to\": [\"a@example.com\", \"b@exa mple.com\"]}",
                "cc[0]   | {\"cc\": [\"a@example.com\\r\\nBcc: x@example.com\"]}",
                "bcc[0]  | {\"bcc\": [\"@\"]}",
                "replyTo | {\"replyTo\": \"nobody\"}",
                "subject | {\"subject\": \"one\\r\\nBcc: x@example.com\"}",
                "text    | {\"text\": null}",
                "to      | {\"to\": []}"
            })
    void whatIsWrongIsNamed(String field, String fields) {
        var config = aConfig();
        config.setAll((ObjectNode) json(fields));

        var job = aJob().put("type", "email_notification");
        job.set("config", config);

        assertProblem(body(job).post(JOBS), 400, "invalid-request", "config." + field);
    }

    private static ObjectNode aConfig() {
        return (ObjectNode)
                json(
                        "{\"to\": [\"a@example.com\"], \"subject\": \"due\", \"text\": \"Please begin.\"}");
    }

    private static ObjectNode aMail(JsonNode config) {
        var mail = object().put("type", "email_notification");
        mail.set("config", config);
        return mail;
    }
}
