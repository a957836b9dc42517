package io.carillon.handler.http;

import io.carillon.handler.Outcome;
import io.carillon.outgoing.limit.HeldBackException;
import io.carillon.outgoing.limit.HostLimits;
import io.carillon.outgoing.limit.HostTurn;
import io.carillon.outgoing.limit.HostTurn.End;
import io.carillon.placeholder.Mask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Makes calls within the limits of their host, and tells these what a call says about it. */
@ApplicationScoped
public class LimitedCalls {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    /** An attempt began a little before its call: secrets were read, placeholders were filled. */
    private static final Duration MOST_BEFORE_CALL = Duration.ofSeconds(1);

    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

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
        var before = timeout.dividedBy(10);
        var least =
                timeout.minus(before.compareTo(MOST_BEFORE_CALL) > 0 ? MOST_BEFORE_CALL : before);
        HostTurn entered;
        try {
            entered = limits.enter(target.host(), target.port(), isSecret(target));
        } catch (HeldBackException held) {
            return new Outcome.HeldBack(
                    held.delay(), held.code(), String.valueOf(held.getMessage()));
        } catch (InterruptedException whileItAsked) {
            return new Outcome.HeldBack(
                    ASK_AGAIN,
                    HeldBackException.BUSY,
                    "%s was not asked for a place in time".formatted(target.hostAndPort()));
        }
        try (var turn = entered) {
            return called(turn, work, System.nanoTime() + least.toNanos());
        }
    }

    private static boolean isSecret(CallTarget target) {
        String host = target.hostAndPort();
        return Mask.OF_CONFIG.isBound() && !Mask.OF_CONFIG.get().of(host).equals(host);
    }

    private static Outcome called(HostTurn turn, Work work, long untilNanos)
            throws InterruptedException {
        try {
            var outcome = work.call();
            turn.ended(endOf(outcome), whyOf(outcome));
            return outcome;
        } catch (InterruptedException interrupted) {
            if (System.nanoTime() - untilNanos >= 0) {
                turn.ended(End.FAILED, "TIMEOUT");
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

    /** Nothing of the message, which may quote what the target was sent. */
    private static String whyOf(Outcome outcome) {
        if (!(outcome instanceof Outcome.Failure failure)) {
            return "";
        }
        int status = failure.result() == null ? 0 : failure.result().path("status").asInt();
        return status == 0 ? failure.code() : failure.code() + " " + status;
    }
}
