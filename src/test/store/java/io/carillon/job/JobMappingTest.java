package io.carillon.job;

import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.definition.JobDefinition;
import io.carillon.json.Json;
import io.carillon.security.Scope;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every field of a definition, so that one that is added is forgotten nowhere. */
@QuarkusTest
class JobMappingTest {
    @Inject JobCreation creation;
    @Inject JobMapping stored;
    @Inject Json json;

    private final String namespace = unique("mapping");

    @Test
    void aRowHoldsEveryFieldOfItsDefinition() throws ReflectiveOperationException {
        var definition = otherThanTheDefaults(create(minimal("first")));

        var id = create(definition);

        assertThat(read(id)).isEqualTo(definition);
    }

    @Test
    void aRowSaysTheDefaultsOfWhatItsDefinitionDoesNot() {
        assertThat(read(create(minimal("second")))).isEqualTo(minimal("second").orDefaults());
    }

    @Test
    void anAnswerHasEveryFieldOfADefinition() {
        assertThat(names(JobView.class)).contains(names(JobDefinition.class));
    }

    private JobDefinition minimal(String name) {
        return definition("{\"namespace\": \"%s\", \"name\": \"%s\", \"type\": \"noop\"}", name);
    }

    private JobDefinition otherThanTheDefaults(UUID before) throws ReflectiveOperationException {
        var definition =
                definition(
                                """
                                {"namespace": "%s", "name": "%s", "type": "noop", "description": "for people",
                                 "schedule": {"cron": "0 9 * * 1", "timeZone": "Europe/Paris"},
                                 "config": {"message": "done"}, "queue": "slow", "priority": 7, "timeout": "45s",
                                 "retry": {"maxAttempts": 7, "delay": "3s"}, "delivery": "AT_MOST_ONCE",
                                 "overlap": "QUEUE_ALL", "weight": 3, "startDeadline": "10m",
                                 "after": {"jobId": "%s", "on": "ANY"}, "misfire": "SKIP", "catchUpWindow": "1h",
                                 "catchUpLimit": 5, "labels": {"team": "sales"}, "enabled": false}
                                """,
                                "whole", before)
                        .orDefaults();
        var defaults = minimal("default").orDefaults();
        for (var component : JobDefinition.class.getRecordComponents()) {
            if (!component.getName().equals("type") && !component.getName().equals("namespace")) {
                assertThat(component.getAccessor().invoke(definition))
                        .as("this test has a value for " + component.getName())
                        .isNotEqualTo(component.getAccessor().invoke(defaults));
            }
        }
        return definition;
    }

    private JobDefinition definition(String text, Object... values) {
        var all = new Object[values.length + 1];
        all[0] = namespace;
        System.arraycopy(values, 0, all, 1, values.length);
        return json.read(json.tree(text.formatted(all)), JobDefinition.class, "");
    }

    private UUID create(JobDefinition definition) {
        return creation.create(creation.draft(Scope.EVERYTHING, definition)).id;
    }

    private JobDefinition read(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> stored.readable(Job.findById(id)).definition());
    }

    private static String[] names(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toArray(String[]::new);
    }
}
