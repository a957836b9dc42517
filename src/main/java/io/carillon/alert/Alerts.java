package io.carillon.alert;

import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.Roles;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/**
 * Judges ended executions and sends the messages of rules, once a second. Every replica that fires
 * or works does so, so any of them may die.
 */
@ApplicationScoped
class Alerts {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Judge judge;
    private final Messenger messenger;
    private final Roles roles;
    private final Loops loops;
    private final Loop loop;

    Alerts(Judge judge, Messenger messenger, Roles roles, Loops loops) {
        this.judge = judge;
        this.messenger = messenger;
        this.roles = roles;
        this.loops = loops;
        this.loop = loops.background("alerts", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        if (roles.movesExecutions()) {
            loops.start(loop);
        }
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        return runOnce() ? Duration.ZERO : PAUSE;
    }

    /** Judges and sends; returns whether more is waiting. */
    boolean runOnce() {
        int judged = judge.judge();
        boolean isSent = messenger.sendNext();
        return isSent || judge.isMore(judged);
    }
}
