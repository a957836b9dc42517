package io.carillon.handler.email;

import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/**
 * Sends one mail per attempt, to all of its addresses or to none. The mail's {@code Message-ID} is
 * made from the execution's id and stays the same in all attempts, so that mail systems recognise a
 * repetition.
 */
@ApplicationScoped
class EmailHandler implements JobHandler<EmailConfig> {
    private final Mails mails;

    EmailHandler(Mails mails) {
        this.mails = mails;
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
        return mails.check(config);
    }

    @Override
    public Outcome run(ExecutionContext<EmailConfig> context) throws InterruptedException {
        return mails.send(context, context.config(), null);
    }
}
