package io.carillon.alert;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.carillon.handler.email.EmailTypeTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** A failure that is told by mail. */
@QuarkusTest
@TestProfile(EmailTypeTest.WithMail.class)
class AlertMailTest {
    private static final String RULES = "/api/v1/rules";
    private static final long PATIENCE_MS = 30_000;

    @ConfigProperty(name = "carillon.mail.port")
    int port;

    private final String team = unique("team");

    @Test
    void aFailureIsMailed() throws Exception {
        var mailbox = new GreenMail(new ServerSetup(port, "localhost", "smtp"));
        mailbox.start();
        String rule = tree(body(aRule("ops@example.com")).post(RULES), 201).get("id").textValue();
        try {
            var job = aJob();
            String name = unique("report");
            job.put("name", name).putObject("labels").put("team", team);
            job.putObject("config").put("failures", 1);
            job.putObject("retry").put("maxAttempts", 1);
            ended(triggered(createdId(job), "{}").get("id").textValue());

            assertThat(mailbox.waitForIncomingEmail(PATIENCE_MS, 1)).isTrue();

            var mail = mailbox.getReceivedMessages()[0];
            assertThat(mail.getSubject()).contains(name + " failed");
            assertThat(mail.getAllRecipients()[0]).hasToString("ops@example.com");
            assertThat(GreenMailUtil.getBody(mail)).contains(name + " failed. told to fail");
        } finally {
            request().delete(RULES + "/{id}", rule);
            mailbox.stop();
        }
    }

    @Test
    void aRuleHasOneTargetThatIsOne() {
        assertProblem(body(aRule("nobody")).post(RULES), 400, "invalid-request", "mail.to[0]");
        var both = aRule("ops@example.com");
        both.putObject("webhook").put("url", "https://example.com/hook");
        assertProblem(body(both).post(RULES), 400, "invalid-request", "webhook");
    }

    private ObjectNode aRule(String address) {
        var rule = object().put("name", unique("rule"));
        rule.putObject("labels").put("team", team);
        rule.putObject("mail").putArray("to").add(address);
        return rule;
    }
}
