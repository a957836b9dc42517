package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.KEYS;
import static io.carillon.security.Keys.id;
import static io.carillon.security.Keys.made;
import static io.carillon.security.Keys.text;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.event.EventReader;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

/** Readers of events see those of their namespaces, and only while their key is valid. */
@QuarkusTest
@TestProfile(Keys.class)
class EventScopeTest {
    @Test
    void eventsOfOtherNamespacesAndOfNoneAreNotThere() {
        String mine = unique("mine");
        create(mine);
        create(unique("theirs"));
        with(ADMIN, object()).put("/api/v1/queues/" + unique("q")).then().statusCode(201);

        var seen = events(text(made("VIEWER", mine)), "");

        assertThat(seen)
                .isNotEmpty()
                .allMatch(event -> event.get("namespace").textValue().equals(mine));
        assertThat(events(text(made("VIEWER", "*")), "&kind=queue")).isNotEmpty();
    }

    @Test
    void aStreamTellsOfTheNamespacesOfItsKeyAlone() throws Exception {
        String mine = unique("mine");
        try (var reader = new EventReader("", "X-Api-Key", text(made("VIEWER", mine)))) {
            create(unique("theirs"));
            with(ADMIN, object()).put("/api/v1/queues/" + unique("q")).then().statusCode(201);
            create(mine);

            // Events come in order, so the other two would have come before.
            assertThat(reader.next().data().path("namespace").asText()).isEqualTo(mine);
        }
    }

    @Test
    void aReaderWhoseKeyIsRevokedIsLeftOut() throws Exception {
        String namespace = unique("mine");
        var key = made("VIEWER", namespace);
        try (var reader = new EventReader("", "X-Api-Key", text(key))) {
            create(namespace);
            assertThat(reader.next().kind()).isEqualTo("job.created");

            with(ADMIN).delete(KEYS + "/" + id(key)).then().statusCode(204);

            assertThat(reader.next().kind()).isEqualTo("end");
        }
    }

    @Test
    void nobodyReadsWithoutAKey() throws Exception {
        try (var reader = new EventReader("")) {
            assertThat(reader.status()).isEqualTo(401);
        }
    }

    private static void create(String namespace) {
        tree(with(ADMIN, aJob().put("namespace", namespace)).post(JOBS), 201);
    }

    private static JsonNode events(String key, String query) {
        return tree(with(key).get("/api/v1/events?limit=1000" + query), 200).get("items");
    }
}
