package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HousekeepingDocTest {
    private static final String CHAPTER =
            ProjectFiles.document("how-it-works.md")
                    .replaceFirst("(?s).*\\n## Housekeeping\\n", "")
                    .replaceFirst("(?s)\\n## .*", "");

    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z-]+)` \\| (\\S+) \\| .+ \\|$", Pattern.MULTILINE);

    private static final Pattern NAME = Pattern.compile(" NAME = \"([a-z-]+)\"");
    private static final Pattern SCHEDULED =
            Pattern.compile("@Scheduled\\(identity = NAME, every = \"([^\"]+)\"\\)");

    @Test
    void everyDutyIsInTheTableWithItsPeriod() {
        assertThat(documented()).isEqualTo(scheduled()).isNotEmpty();
    }

    private static Map<String, String> documented() {
        var periods = new TreeMap<String, String>();
        ROW.matcher(CHAPTER).results().forEach(row -> periods.put(row.group(1), row.group(2)));
        return periods;
    }

    private static Map<String, String> scheduled() {
        var periods = new TreeMap<String, String>();
        for (String source : ProjectFiles.sources()) {
            var name = NAME.matcher(source);
            var scheduled = SCHEDULED.matcher(source);
            if (scheduled.find() && name.find()) {
                periods.put(name.group(1), scheduled.group(1).replace("${", "`").replace("}", "`"));
            }
        }
        return periods;
    }
}
