package io.carillon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class MainTest {
    private static final int CLASS_FILE_OF_JAVA_17 = 61;

    @Test
    void anOlderJavaCanRunWhatSaysThatItIsTooOld() throws IOException {
        try (var file =
                new DataInputStream(Main.class.getResourceAsStream("/io/carillon/Main.class"))) {
            file.readInt();
            file.readUnsignedShort();

            assertThat(file.readUnsignedShort()).isEqualTo(CLASS_FILE_OF_JAVA_17);
        }
    }
}
