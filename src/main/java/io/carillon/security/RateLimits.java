package io.carillon.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.github.bucket4j.Bucket;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many requests a second each key makes, and how many are refused an address for want of
 * a good key. Each replica counts for itself: a limit of the cluster would cost a query per
 * request.
 */
@ApplicationScoped
public class RateLimits {
    /** Beyond it, the least recently used are dropped; their limits start over. */
    private static final long MAX_KEPT = 100_000;

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final int perKey;
    private final int perAddress;
    private final Cache<String, Bucket> ofKeys = kept();
    private final Cache<String, Bucket> ofAddresses = kept();

    /**
     * Tells how much of a limit is left after a request.
     *
     * @param limit requests in a second
     * @param remaining requests that may follow at once
     */
    record Left(int limit, long remaining) {}

    RateLimits(SecurityConfig config) {
        this.perKey = config.keyRequestsPerSecond();
        this.perAddress = config.refusedRequestsPerSecond();
    }

    private static Cache<String, Bucket> kept() {
        return Caffeine.newBuilder().maximumSize(MAX_KEPT).build();
    }

    /**
     * Counts a request of a caller.
     *
     * @return null if there is no limit
     * @throws ProblemException 429 if it is one too many
     */
    @Nullable Left count(Caller caller) {
        if (perKey == 0) {
            return null;
        }
        var taken = bucket(ofKeys, caller.name(), perKey).tryConsumeAndReturnRemaining(1);
        if (!taken.isConsumed()) {
            throw new ProblemException(
                    ProblemKind.RATE_LIMITED,
                    "This key has made more than %,d requests in a second.".formatted(perKey));
        }
        return new Left(perKey, taken.getRemainingTokens());
    }

    /**
     * Counts a request that brings no good key.
     *
     * @param address null if it is not known: all such are one
     * @throws ProblemException 429 if it is one too many
     */
    public void countRefused(@Nullable String address) {
        if (perAddress > 0
                && !bucket(ofAddresses, String.valueOf(address), perAddress).tryConsume(1)) {
            throw new ProblemException(
                    ProblemKind.RATE_LIMITED,
                    "From this address have come more than %,d requests in a second without a good key."
                            .formatted(perAddress));
        }
    }

    private static Bucket bucket(Cache<String, Bucket> buckets, String name, int perSecond) {
        return buckets.get(
                name,
                unseen ->
                        Bucket.builder()
                                .addLimit(
                                        limit ->
                                                limit.capacity(perSecond)
                                                        .refillGreedy(perSecond, SECOND))
                                .build());
    }
}
