package io.carillon.handler.backup;

import io.carillon.handler.Outcome;
import io.carillon.handler.http.CallTarget;
import io.carillon.handler.http.HttpFailures;
import io.carillon.handler.http.NotConnectedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Explains why a bucket did not do what it was asked for. */
final class BucketFailures {
    private BucketFailures() {}

    /**
     * @param asked the operation by its name in S3, such as {@code UploadPart}
     */
    static Outcome.Failure of(SdkException failure, String asked, BucketConfig config) {
        if (failure instanceof AwsServiceException answer) {
            return answered(answer, asked, config);
        }
        if (ioOf(failure) instanceof IOException io) {
            return HttpFailures.of(
                    isOfConnecting(io) ? new NotConnectedException(io) : io,
                    CallTarget.of(config.endpointOrDefault()));
        }
        return Outcome.failure(
                "S3_ERROR", "%s of %s: %s".formatted(asked, config, failure.getMessage()));
    }

    private static Outcome.Failure answered(
            AwsServiceException answer, String asked, BucketConfig config) {
        var details = answer.awsErrorDetails();
        String code = details == null ? "" : Objects.requireNonNullElse(details.errorCode(), "");
        String said = details == null ? "" : Objects.requireNonNullElse(details.errorMessage(), "");
        int status = answer.statusCode();
        String message =
                "%s, asked for %s, answered %d %s"
                        .formatted(config, asked, status, code.isEmpty() ? "" : code + ": " + said)
                        .strip();
        if (code.equals("NoSuchBucket")) {
            return Outcome.failure("S3_NO_BUCKET", message).notRetryable();
        }
        return switch (status) {
            case 401, 403 -> Outcome.failure("S3_DENIED", message).notRetryable();
            case 301, 307, 400, 405, 501 -> Outcome.failure("S3_ERROR", message).notRetryable();
            default -> Outcome.failure("S3_ERROR", message);
        };
    }

    private static boolean isOfConnecting(IOException failure) {
        return failure instanceof UnknownHostException
                || failure instanceof ConnectException
                || failure instanceof NoRouteToHostException
                || failure instanceof ConnectTimeoutException
                || failure instanceof SSLException;
    }

    private static @Nullable IOException ioOf(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof IOException io) {
                return io;
            }
        }
        return null;
    }
}
