package io.carillon.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.alert.Verdict.Standing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
    /** F is a failure and S a success; in what is told f and r, and a dot is nothing. */
    @ParameterizedTest(name = "{0} failures, each {1}, recovered {2}: {3}")
    @CsvSource({
        "1, false, true,  FFSSF, f.r.f",
        "1, true,  true,  FFSF,  ffrf",
        "3, false, true,  FFSFFFFS, .....f.r",
        "3, true,  true,  FFFFS, ..ffr",
        "1, false, false, FSF,   f.f",
        "2, false, true,  FSFS,  ....",
        "1, false, true,  SSS,   ...",
        "0, true,  true,  FFS,   ..."
    })
    void whatIsToldOfWhatHappens(
            int failures, boolean each, boolean recovered, String ends, String told) {
        assertThat(told(rule(failures, each, recovered), ends, List.of())).isEqualTo(told);
    }

    /** What is muted is not told later, and does not count as told. */
    @ParameterizedTest(name = "the first {0} of {1} are muted")
    @CsvSource({"1, FF, .f", "1, FS, ..", "2, FFS, ...", "3, FFSF, ...f"})
    void whatIsMutedIsNotTold(int muted, String ends, String told) {
        var silent = new ArrayList<Integer>();
        for (int index = 0; index < muted; index++) {
            silent.add(index);
        }
        assertThat(told(rule(1, false, true), ends, silent)).isEqualTo(told);
    }

    @Test
    void anIncidentThatWasOpenedIsClosedAlthoughItsRuleIsMuted() {
        var rule = new Verdict.Asked(1, false, true, true);

        assertThat(told(rule, "FS", List.of(1))).isEqualTo("fr");
        assertThat(told(rule, "FS", List.of(0, 1))).as("it was not opened").isEqualTo("..");
    }

    private static String told(Verdict.Asked rule, String ends, List<Integer> muted) {
        var told = new StringBuilder();
        var standing = Standing.WELL;
        for (int index = 0; index < ends.length(); index++) {
            var verdict =
                    Verdict.of(rule, standing, ends.charAt(index) == 'S', muted.contains(index));
            standing = verdict.after() == null ? Standing.WELL : verdict.after();
            told.append(
                    verdict.news() == null ? '.' : verdict.news() == News.Kind.FAILED ? 'f' : 'r');
        }
        return told.toString();
    }

    private static Verdict.Asked rule(int failures, boolean each, boolean recovered) {
        return new Verdict.Asked(failures, each, recovered, false);
    }
}
