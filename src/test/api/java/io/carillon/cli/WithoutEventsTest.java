package io.carillon.cli;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.NoEvents;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(NoEvents.class)
class WithoutEventsTest {
    @Test
    void tailLooksOnceASecond() throws Exception {
        String name = unique("looked-at");
        String job = createdId(aJob().put("name", name));
        String first = triggered(job, "{}").get("id").textValue();
        ended(first);
        var out = new StringWriter();
        var tail =
                CompletableFuture.supplyAsync(
                        () ->
                                Cli.run(
                                        new PrintWriter(out),
                                        new PrintWriter(new StringWriter()),
                                        "tail",
                                        "--url",
                                        service().toString(),
                                        "--job",
                                        name,
                                        "--lines",
                                        "2"),
                        Thread::startVirtualThread);
        await().until(() -> out.toString().contains(first));
        String second = triggered(job, "{}").get("id").textValue();

        assertThat(tail.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(out.toString().lines()).hasSize(2).last().asString().contains(second);
    }
}
