package io.carillon.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StoredConfigTest {
    private final AtomicInteger reads = new AtomicInteger();
    private final StoredConfig config = new StoredConfig(JsonNodeFactory.instance.objectNode());

    @Test
    void isReadOnceHoweverManyAttemptsThereAre() {
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(config.as(String.class, this::read)).isEqualTo("read 1");
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void isReadAnewForAnotherType() {
        config.as(String.class, this::read);

        assertThat(config.as(Integer.class, reads::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void whatCannotBeReadFailsEachTime() {
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThatThrownBy(() -> config.as(String.class, this::fail))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(reads).hasValue(2);
    }

    private String read() {
        return "read " + reads.incrementAndGet();
    }

    private String fail() {
        reads.incrementAndGet();
        throw new IllegalArgumentException("unreadable");
    }
}
