package io.carillon.http;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class BodyLimitTest {
    @Test
    void aBodyThatItsClientDoesNotFinishIsTheClientsError() {
        var body = new BodyLimit.Limited(new HungUp(), 100);

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(body::readAllBytes)
                .matches(refusal -> refusal.kind() == ProblemKind.INVALID_REQUEST);
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAsSuchEvenIfItsClientHangsUp() {
        var body = new BodyLimit.Limited(new HungUp(), 0);

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(body::readAllBytes)
                .matches(refusal -> refusal.kind() == ProblemKind.BODY_TOO_LARGE);
    }

    /** One byte, and then the connection is closed. */
    private static final class HungUp extends InputStream {
        private boolean isRead;

        @Override
        public int read() throws IOException {
            if (isRead) {
                throw new IOException("Connection was closed");
            }
            isRead = true;
            return '{';
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            buffer[offset] = (byte) read();
            return 1;
        }
    }
}
