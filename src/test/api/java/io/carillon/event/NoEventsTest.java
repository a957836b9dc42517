package io.carillon.event;

import static io.carillon.support.Api.get;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.NoEvents;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(NoEvents.class)
class NoEventsTest {
    @Test
    void aStreamInWhichNothingWouldComeIsRefused() throws Exception {
        // A client that would not wait for the end of a stream.
        try (var reader = new EventReader("")) {
            assertThat(reader.status()).isEqualTo(404);
        }
        var answer = request().accept("text/event-stream").get("/api/v1/events");

        assertProblem(answer, 404, "not-found");
        assertThat(answer.jsonPath().getString("detail")).contains("carillon.events.enabled");
        assertThat(tree(get("/api/v1/events?after=now"), 200).get("items")).isEmpty();
    }

    @Test
    void aPageDoesNotAskForOne() {
        assertThat(get("/").asString()).contains("<body data-root=\"\">");
    }
}
