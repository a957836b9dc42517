package io.carillon.chaos;

import java.time.Instant;
import java.util.UUID;

/**
 * What the target noted of one request.
 *
 * @param at when it came
 * @param status what was answered; 0: the connection was closed without an answer
 */
record Call(UUID executionId, int attempt, long epoch, Instant at, int status) {}
