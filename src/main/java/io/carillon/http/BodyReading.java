package io.carillon.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.carillon.json.Json;
import io.carillon.json.JsonFaults;
import io.carillon.json.WholeReading;
import io.carillon.json.YamlTree;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON body as usual. If that fails, {@link WholeReading} reads it again, to find all its
 * errors. A body in YAML, where the operation takes it, is read as the JSON that it stands for.
 */
@Provider
class BodyReading implements ReaderInterceptor {
    private final Json json;
    private final ResourceInfo resource;

    BodyReading(Json json, ResourceInfo resource) {
        this.json = json;
        this.resource = resource;
    }

    @Override
    public @Nullable Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        String subtype = context.getMediaType().getSubtype();
        boolean isYaml = subtype.endsWith("yaml");
        if (!isYaml && !subtype.endsWith("json")) {
            return context.proceed();
        }
        byte[] body = context.getInputStream().readAllBytes();
        if (isYaml) {
            body = json.bytes(YamlTree.read(new String(body, StandardCharsets.UTF_8)));
        }
        context.setInputStream(new ByteArrayInputStream(body));
        try {
            return context.proceed();
        } catch (WebApplicationException | JsonProcessingException failure) {
            var fault = faultOf(failure);
            if (fault == null || !JsonFaults.isOfAField(fault)) {
                throw failure;
            }
            return json.readWhole(
                    body,
                    context.getGenericType(),
                    answerOf(context),
                    QueryParameters.of(resource.getResourceMethod()));
        }
    }

    private static @Nullable JsonProcessingException faultOf(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JsonProcessingException fault) {
                return fault;
            }
        }
        return null;
    }

    private static @Nullable Class<?> answerOf(ReaderInterceptorContext context) {
        for (var annotation : context.getAnnotations()) {
            if (annotation instanceof ReadOnlyFieldsOf of) {
                return of.value();
            }
        }
        return null;
    }
}
