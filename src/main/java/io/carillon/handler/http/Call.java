package io.carillon.handler.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds one request.
 *
 * @param headers all but {@code Host} and {@code Content-Length}
 * @param body null for none
 */
public record Call(
        CallTarget target, String method, Map<String, String> headers, byte @Nullable [] body) {}
