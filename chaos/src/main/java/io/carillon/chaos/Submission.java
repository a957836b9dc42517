package io.carillon.chaos;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An execution as it was asked for, and what became of the request.
 *
 * @param name the last part of the path that it calls; no other has it
 * @param dependsOn names of others
 * @param id as answered, if accepted
 */
record Submission(
        String name,
        @Nullable Instant runAt,
        List<String> dependsOn,
        Answer answer,
        @Nullable UUID id) {
    /** What the client heard. */
    enum Answer {
        ACCEPTED,
        REFUSED,
        /** Nothing: it may have been accepted. */
        NONE
    }
}
