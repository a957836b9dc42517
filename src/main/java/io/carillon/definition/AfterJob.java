package io.carillon.definition;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Makes a job run after each execution of another job that ends in a given way. A client names the
 * other job by its id or by its name; what is stored and answered has the id alone.
 *
 * @param on default {@code SUCCESS}
 */
@Schema(name = "AfterJob")
@RegisterForReflection
public record AfterJob(
        @Schema(
                        examples = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a",
                        description = "The job that runs first, in the same namespace")
                @Nullable UUID jobId,
        @Schema(
                        examples = "nightly-import",
                        description =
                                "Its name, instead of jobId; only in requests, answers have jobId")
                @Nullable String job,
        @Schema(examples = "SUCCESS", description = "How its execution must end; default SUCCESS")
                @Nullable On on) {

    /** Tells how the other job's execution must end. */
    @Schema(name = "AfterOutcome")
    public enum On {
        SUCCESS,
        /** It failed for good. */
        FAILURE,
        /**
         * It succeeded, failed for good or was cancelled. Skipped ones do not count: they did not
         * run.
         */
        ANY
    }

    public AfterJob orDefaults() {
        return new AfterJob(jobId, job, on == null ? On.SUCCESS : on);
    }

    public static @Nullable AfterJob of(@Nullable UUID jobId, @Nullable On on) {
        return jobId == null ? null : new AfterJob(jobId, null, on);
    }

    public static @Nullable UUID jobId(@Nullable AfterJob after) {
        return after == null ? null : after.jobId;
    }

    public static @Nullable On on(@Nullable AfterJob after) {
        return after == null ? null : after.orDefaults().on;
    }
}
