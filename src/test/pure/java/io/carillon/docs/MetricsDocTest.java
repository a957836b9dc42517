package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsDocTest {
    private static final String DOCUMENT = ProjectFiles.document("metrics.md");

    private static final Pattern ROW =
            Pattern.compile("^\\| `(carillon_\\w+)` \\|", Pattern.MULTILINE);

    private static final Pattern MENTION = Pattern.compile("carillon_\\w+");

    /** What Prometheus adds to the name of a histogram or summary. */
    private static final Pattern SERIES = Pattern.compile("(?<=_seconds)_(bucket|count|sum|max)$");

    private static final Pattern METER =
            Pattern.compile(
                    "\\b(?:(Counter|FunctionCounter|Timer|Gauge|TimeGauge|MultiGauge)\\.builder|\\.\\s*(counter|timer|gauge))\\(\\s*\"(carillon\\.[a-z.]+)\"");

    /** A name in a class of metrics, whatever is done with it. */
    private static final Pattern NAME = Pattern.compile("\"(carillon\\.[a-z.]+)\"");

    @Test
    void everyMeterIsDocumented() {
        assertThat(documented()).containsAll(meters());
    }

    @Test
    void everyDocumentedMetricExists() {
        assertThat(meters()).containsAll(documented());
    }

    @Test
    void noUnknownMetricIsMentioned() {
        var mentioned = new TreeSet<String>();
        var matcher = MENTION.matcher(DOCUMENT);
        while (matcher.find()) {
            mentioned.add(SERIES.matcher(matcher.group()).replaceFirst(""));
        }

        assertThat(meters()).containsAll(mentioned);
    }

    /** A meter made in a way this test does not know would pass it unseen. */
    @Test
    void everyNameInAClassOfMetricsIsAMeter() {
        var names = new TreeSet<String>();
        var meterNames = new TreeSet<String>();
        for (String source : ProjectFiles.sources()) {
            if (source.contains("io.micrometer.core.instrument")) {
                NAME.matcher(source).results().forEach(name -> names.add(name.group(1)));
                METER.matcher(source).results().forEach(meter -> meterNames.add(meter.group(3)));
            }
        }

        assertThat(meterNames).isEqualTo(names).isNotEmpty();
    }

    private static Set<String> documented() {
        var names = new TreeSet<String>();
        ROW.matcher(DOCUMENT).results().forEach(row -> names.add(row.group(1)));
        return names;
    }

    private static Set<String> meters() {
        var names = new TreeSet<String>();
        for (String source : ProjectFiles.sources()) {
            METER.matcher(source)
                    .results()
                    .forEach(
                            meter -> {
                                String kind =
                                        meter.group(1) != null ? meter.group(1) : meter.group(2);
                                names.add(prometheusName(kind, meter.group(3)));
                            });
        }
        return names;
    }

    /** As Micrometer names it: counters end in _total, timers in their unit. */
    private static String prometheusName(String kind, String name) {
        String underscored = name.replace('.', '_');
        return switch (kind) {
            case "Counter", "FunctionCounter", "counter" -> underscored + "_total";
            case "Timer", "TimeGauge", "timer" -> underscored + "_seconds";
            default -> underscored;
        };
    }
}
