package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.Settings;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConfigurationDocTest {
    private static final String DOCUMENT = ProjectFiles.document("configuration.md");

    /** A row of a table: key, default, what is allowed, and meaning. */
    private static final Pattern ROW =
            Pattern.compile(
                    "^\\| `(carillon\\.[^`]+)` \\| `?([^`|]*?)`? \\| ([^|]+?) \\| (.+) \\|$",
                    Pattern.MULTILINE);

    private static final Pattern MENTION =
            Pattern.compile("(?<![\\w.])carillon\\.[a-z-]+(\\.[a-z-]+)+");

    @Test
    void everyMappedKeyIsDocumentedWithItsDefault() {
        assertThat(documented()).containsAllEntriesOf(ConfigurationKeys.mapped());
    }

    @Test
    void everyKeyThatIsReadDirectlyIsDocumented() {
        assertThat(documented())
                .containsKeys(ConfigurationKeys.readDirectly().keySet().toArray(new String[0]));
    }

    @Test
    void noUnknownKeyIsDocumentedOrMentioned() {
        var known = new TreeSet<>(ConfigurationKeys.mapped().keySet());
        known.addAll(ConfigurationKeys.readDirectly().keySet());
        // What is a family of keys is mentioned without a name too.
        ConfigurationKeys.mapped().keySet().stream()
                .filter(key -> key.endsWith(".<name>"))
                .forEach(key -> known.add(key.replace(".<name>", "")));
        var mentioned = new TreeSet<>(documented().keySet());
        var matcher = MENTION.matcher(DOCUMENT);
        while (matcher.find()) {
            mentioned.add(matcher.group());
        }
        // An example of one of a family has a name of its own.
        mentioned.removeIf(
                key ->
                        !key.endsWith(">")
                                && known.contains(key.replaceFirst("\\.[^.]+$", ".<name>")));

        assertThat(known).containsAll(mentioned);
    }

    @Test
    void theCodeHasKeys() {
        assertThat(ConfigurationKeys.mapped()).containsEntry("carillon.worker.capacity", "100");
        assertThat(ConfigurationKeys.readDirectly()).containsKey("carillon.embedded.port");
    }

    @Test
    void everyKeyIsDocumentedWithWhatIsAllowed() {
        assertThat(columns(3)).isEqualTo(Settings.allowed());
    }

    private static Map<String, String> documented() {
        return columns(2);
    }

    private static Map<String, String> columns(int column) {
        var rows = new TreeMap<String, String>();
        var matcher = ROW.matcher(DOCUMENT);
        while (matcher.find()) {
            rows.put(matcher.group(1), matcher.group(column));
        }
        return rows;
    }
}
