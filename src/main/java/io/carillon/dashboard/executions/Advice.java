package io.carillon.dashboard.executions;

import org.jspecify.annotations.Nullable;

/** Says what to do about an error, by its code. */
final class Advice {
    private Advice() {}

    static @Nullable String of(String code) {
        return switch (code) {
            case "HTTP_STATUS" ->
                    "The target answered with a status that the job does not expect. The result has the"
                            + " answer; if the status is fine, add it to the job's expected statuses.";
            case "HTTP_CONNECT", "EMAIL_CONNECT" ->
                    "There was no connection: the message says whether the name was not found, or nothing"
                            + " accepted it. Check the host and the port in the job, and that the target"
                            + " runs.";
            case "HTTP_TLS" ->
                    "The target's certificate was not accepted: it has expired, is for another name, or its"
                            + " issuer is not trusted here. Or the target refused ours, or demands one:"
                            + " see tls in the job.";
            case "TLS_CONFIG_INVALID" ->
                    "The certificates or the key that the job names in tls cannot be used: the message says"
                            + " which and why. They are usually secrets of the namespace.";
            case "TIMEOUT" ->
                    "The attempt took longer than the job's timeout. Raise it, or make the target answer"
                            + " sooner.";
            case "ADDRESS_REFUSED" ->
                    "An administrator has not allowed this address: see carillon.outgoing in the"
                            + " configuration.";
            case "HOST_BUSY" ->
                    "Nothing was sent: the host has as many calls as an administrator allows it at once"
                            + " (carillon.outgoing.limits). The execution goes on when it is its turn.";
            case "HOST_PAUSED" ->
                    "Nothing was sent: calls of this host failed so often in a row that all wait for a"
                            + " while (carillon.outgoing.limits). Then one tries, and if the host answers,"
                            + " the others go on.";
            case "WORKER_LOST" ->
                    "The worker stopped renewing its lease: its process died, or its machine was frozen.";
            case "SECRET_MISSING" ->
                    "The job refers to a secret that does not exist in its namespace.";
            default -> null;
        };
    }
}
