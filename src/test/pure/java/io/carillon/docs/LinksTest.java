package io.carillon.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every link of a document to another leads to a file, and to a heading that is in it. */
class LinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE =
            Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern ELSEWHERE = Pattern.compile("^(https?|mailto):.*");
    private static final Pattern HEADING = Pattern.compile("^#{1,6} (.*)$", Pattern.MULTILINE);
    private static final Pattern LINKED = Pattern.compile("\\[([^\\]]*)\\]\\([^)]*\\)");

    private final Map<Path, Set<String>> headings = new HashMap<>();

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        var broken = new ArrayList<String>();
        for (var document : documents()) {
            var links = LINK.matcher(withoutCode(document)).results().map(it -> it.group(1));
            links.filter(link -> !ELSEWHERE.matcher(link).matches())
                    .filter(link -> !leads(document, link))
                    .forEach(link -> broken.add(document + ": " + link));
        }

        assertThat(broken).isEmpty();
    }

    private static List<Path> documents() throws IOException {
        var documents = new ArrayList<Path>();
        for (String folder : new String[] {"docs", "k8s", "docker", "examples"}) {
            try (var files = Files.walk(Path.of(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
            }
        }
        Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "UPGRADING.md")
                .map(Path::of)
                .forEach(documents::add);
        assertThat(documents).hasSizeGreaterThan(40);
        return documents;
    }

    private static String withoutCode(Path document) throws IOException {
        return CODE.matcher(Files.readString(document)).replaceAll("");
    }

    private boolean leads(Path document, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        var target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0
                || !target.toString().endsWith(".md")
                || headings.computeIfAbsent(target, LinksTest::anchors)
                        .contains(link.substring(hash + 1));
    }

    /** As forges make them of headings: lower case, without punctuation, hyphens for spaces. */
    private static Set<String> anchors(Path document) {
        try {
            var anchors = new HashSet<String>();
            var counts = new HashMap<String, Integer>();
            var found = HEADING.matcher(withoutCode(document));
            while (found.find()) {
                String text =
                        LINKED.matcher(found.group(1))
                                .replaceAll("$1")
                                .strip()
                                .toLowerCase(Locale.ROOT);
                String anchor = text.replaceAll("[^\\w\\- ]", "").replace(' ', '-');
                int before = counts.merge(anchor, 1, Integer::sum) - 1;
                anchors.add(before == 0 ? anchor : anchor + "-" + before);
            }
            return anchors;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
