package io.carillon.handler.email;

import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.carillon.support.LineServer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.mail.internet.MimeMultipart;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reports that a real SMTP server receives; here because the application is set up for mail. */
@QuarkusTest
@TestProfile(EmailTypeTest.WithMail.class)
class MailedReportTest {
    @ConfigProperty(name = "carillon.mail.port")
    int port;

    private GreenMail mailbox;

    @BeforeEach
    void make() {
        mailbox = new GreenMail(new ServerSetup(port, "localhost", "smtp"));
    }

    @AfterEach
    void close() {
        mailbox.stop();
    }

    private static JsonNode run(ObjectNode config) {
        config.put("datasource", "shop").put("sql", "select 'Größe <1>' as item, 2 as price");
        var submission = object().put("type", "report_generation").put("delivery", "AT_MOST_ONCE");
        submission.set("config", config);
        submission.set("retry", json("{\"maxAttempts\": 2, \"delay\": \"1ms\"}"));
        return ended(submittedId(submission));
    }

    private static ObjectNode aMail(String format) {
        return ((ObjectNode) json("{\"to\": [\"a@example.com\"], \"cc\": [\"b@example.com\"]}"))
                .put("format", format);
    }

    @Test
    void aPageIsTheTextOfTheMail() throws Exception {
        mailbox.start();

        var execution = run(aMail("HTML").put("title", "Sales {{execution.scheduledAt|yyyy}} ü"));

        assertThat(execution.at("/result/recipients").intValue()).isEqualTo(2);
        assertThat(execution.at("/result/rowCount").intValue()).isEqualTo(1);
        var mail = mailbox.getReceivedMessages()[0];
        assertThat(mail.getSubject()).matches("Sales \\d{4} ü");
        assertThat(mail.getContentType()).startsWith("text/html");
        assertThat(mail.getContent().toString()).contains("<td>Größe &lt;1&gt;</td>");
    }

    @Test
    void aPdfIsAttachedAndCanBeOpened() throws Exception {
        mailbox.start();

        run(aMail("PDF").put("subject", "Sales").put("fileName", "Größe {{job.namespace}}.pdf"));

        var mail = mailbox.getReceivedMessages()[0];
        assertThat(mail.getSubject()).isEqualTo("Sales");
        var parts = (MimeMultipart) mail.getContent();
        assertThat(parts.getBodyPart(0).getContent().toString())
                .startsWith("Report")
                .contains("1 row");
        var attached = parts.getBodyPart(1);
        assertThat(attached.getFileName()).isEqualTo("Größe default.pdf");
        assertThat(attached.getContentType()).startsWith("application/pdf");
        try (var document = Loader.loadPDF(attached.getInputStream().readAllBytes())) {
            assertThat(new PDFTextStripper().getText(document)).contains("Größe <1>");
        }
    }

    @Test
    void anAttachmentArrivesByteByByte() throws Exception {
        mailbox.start();

        run(aMail("CSV"));

        var csv = (MimeMultipart) mailbox.getReceivedMessages()[0].getContent();
        assertThat(csv.getBodyPart(1).getInputStream().readAllBytes())
                .asString()
                .isEqualTo("item,price\r\nGröße <1>,2\r\n");
        assertThat(csv.getBodyPart(1).getFileName()).matches("report-.*Z-[0-9a-f]{8}\\.csv");
        mailbox.purgeEmailFromAllMailboxes();
        run(aMail("HTML").put("attach", true));
        var page = (MimeMultipart) mailbox.getReceivedMessages()[0].getContent();
        assertThat(page.getBodyPart(1).getContentType()).startsWith("text/html");
    }

    @Test
    void whatTheServerSaysDecidesWhetherItIsTriedAgain() {
        try (var _ = LineServer.smtp(port, "RCPT", "550 no such user")) {
            var execution = run(aMail("CSV"));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("EMAIL_REFUSED");
            assertThat(execution.get("attempt").intValue()).isEqualTo(1);
        }
    }
}
