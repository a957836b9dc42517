package io.carillon.security;

import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Api;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.restassured.specification.RequestSpecification;
import java.util.Map;

/** A service that asks for keys, and its configured admin key. */
public final class Keys implements QuarkusTestProfile {
    public static final String KEYS = "/api/v1/keys";
    public static final String ADMIN = "an-admin-key-of-32-characters-or-more";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "carillon.security.enabled",
                "true",
                // Tests are refused more often than anybody.
                "carillon.security.refused-requests-per-second",
                "0",
                "carillon.security.admin-key-hash",
                KeyText.hash(ADMIN));
    }

    /** A request by who has this key. */
    public static RequestSpecification with(String key) {
        return Api.request().header("Authorization", "Bearer " + key);
    }

    public static RequestSpecification with(String key, JsonNode body) {
        return Api.body(body).header("Authorization", "Bearer " + key);
    }

    /** Makes a key, and returns its answer. */
    public static JsonNode made(String role, String... namespaces) {
        return madeBy(ADMIN, role, namespaces);
    }

    public static JsonNode madeBy(String by, String role, String... namespaces) {
        var request = object().put("name", Api.unique("key")).put("role", role);
        var names = request.putArray("namespaces");
        for (String namespace : namespaces) {
            names.add(namespace);
        }
        return tree(with(by, request).post(KEYS), 201);
    }

    public static String text(JsonNode made) {
        return made.get("key").textValue();
    }

    public static String id(JsonNode made) {
        return made.get("id").textValue();
    }
}
