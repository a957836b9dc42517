package io.carillon.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.replica.Loops;
import io.carillon.support.LoggedLines;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lines as two threads of Quartz write them. */
@QuarkusTest
@TestProfile(StillReplica.class)
class QuartzLogTest {
    private static final Logger OF_CHECKING_IN =
            Logger.getLogger("org.quartz.impl.jdbcjobstore.JobStoreCMT");

    private static final Logger OF_LOOKING = Logger.getLogger("org.quartz.core.ErrorLogger");

    @Inject Loops loops;

    @BeforeEach
    void installed() {
        new QuartzLog(loops.inTurn("scheduler")).install();
    }

    @AfterEach
    void nothingIsLeft() {
        OF_CHECKING_IN.setFilter(null);
        OF_LOOKING.setFilter(null);
    }

    @Test
    void aDatabaseThatIsAwayIsOneLineWhicheverThreadSaysSo() {
        try (var lines = LoggedLines.ofWarnings()) {
            for (int time = 0; time < 3; time++) {
                OF_CHECKING_IN.log(Level.SEVERE, "Error managing cluster", away("check-in"));
                OF_LOOKING.log(Level.SEVERE, "An error occurred while scanning", away("look"));
            }

            assertThat(lines.all())
                    .singleElement()
                    .asString()
                    .endsWith("scheduler failed, trying again: Connection refused");
            assertThat(lines.withStackTrace()).isEmpty();
        }
    }

    @Test
    void whatIsNotOfTheDatabasePasses() {
        try (var lines = LoggedLines.ofWarnings()) {
            OF_CHECKING_IN.warning("This scheduler instance is still active");
            OF_LOOKING.log(Level.SEVERE, "a fault", new IllegalStateException("of Quartz"));

            assertThat(lines.all()).hasSize(2);
            assertThat(lines.withStackTrace()).hasSize(1);
        }
    }

    private static Exception away(String what) {
        return new IllegalStateException(
                "Failure of a " + what, new SQLException("Connection refused"));
    }
}
