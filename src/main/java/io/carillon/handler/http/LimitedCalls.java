package io.carillon.handler.http;

import io.carillon.handler.Outcome;
import io.carillon.outgoing.limit.HeldBackException;
import io.carillon.outgoing.limit.HostLimits;
import io.carillon.outgoing.limit.HostTurn;
import io.carillon.outgoing.limit.HostTurn.End;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Makes calls within the limits of their host, and tells these what a call says about it. */
@ApplicationScoped
public class LimitedCalls {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private final HostLimits limits;

    LimitedCalls(HostLimits limits) {
        this.limits = limits;
    }

    /** A call of one host, perhaps with others that belong to it. */
    public interface Work {
        Outcome call() throws InterruptedException;
    }

    /**
     * Makes a call, if its host may be called now.
     *
     * @param timeout of the attempt: a call that was interrupted after it has failed
     */
    public Outcome within(CallTarget target, Duration timeout, Work work)
            throws InterruptedException {
        long sinceNanos = System.nanoTime();
        try (var turn = limits.enter(target.host(), target.port())) {
            return called(turn, work, sinceNanos + timeout.toNanos());
        } catch (HeldBackException held) {
            return new Outcome.HeldBack(
                    held.delay(), held.code(), String.valueOf(held.getMessage()));
        }
    }

    private static Outcome called(HostTurn turn, Work work, long untilNanos)
            throws InterruptedException {
        try {
            var outcome = work.call();
            turn.ended(endOf(outcome), whyOf(outcome));
            return outcome;
        } catch (InterruptedException interrupted) {
            if (System.nanoTime() - untilNanos >= 0) {
                turn.ended(End.FAILED, "no answer in time");
            }
            throw interrupted;
        }
    }

    private static End endOf(Outcome outcome) {
        if (!(outcome instanceof Outcome.Failure failure)) {
            return End.ANSWERED;
        }
        return switch (failure.code()) {
            case "HTTP_CONNECT", "HTTP_IO" -> End.FAILED;
            case "HTTP_STATUS" -> isOfServer(failure) ? End.FAILED : End.ANSWERED;
            case "HTTP_BODY" -> End.ANSWERED;
            default -> End.UNKNOWN;
        };
    }

    private static boolean isOfServer(Outcome.Failure failure) {
        int status = failure.result() == null ? 0 : failure.result().path("status").asInt();
        return status == TOO_MANY_REQUESTS || status >= SERVER_ERRORS;
    }

    private static String whyOf(Outcome outcome) {
        return outcome instanceof Outcome.Failure failure
                ? failure.code() + ", " + failure.message()
                : "";
    }
}
