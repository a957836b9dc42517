package io.carillon.docs;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every call by curl that README and the documents show is answered, and by a status that is shown
 * if it is none of success. What cannot be sent from here stands after a comment, {@code <!-- not
 * run: why -->}.
 */
@QuarkusTest
class DocumentedCallsTest {
    private static final Pattern BLOCK =
            Pattern.compile(
                    "^( *)(<!-- not run: [^>]+ -->\n\\s*)?```(console|bash|sh)\n(.*?)^ *```",
                    Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern FILE =
            Pattern.compile("```yaml\n# (\\S+)\n(.*?)```", Pattern.DOTALL);

    /** As the documents shorten one: {@code 01a201c9-…}. */
    private static final Pattern ID = Pattern.compile("\\b[0-9a-f]{8}-[0-9a-f-]*(…|[0-9a-f]{12})");

    private static final Pattern SHOWN =
            Pattern.compile("HTTP/1\\.1 (\\d{3})|\"status\": ?(\\d{3})");
    private static final Pattern WORD =
            Pattern.compile("'([^']*)'|\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S)");
    private static final String TEAMS = "/api/v1/secrets/teams-webhook";
    private static final String RUN_BY_A_RULE = "run-by-a-rule";
    private static final String HEARTBEAT = "heartbeat";

    /** Of the tests' service, before a document scales it. */
    private static final int CAPACITY = 100;

    private static final String CALENDAR =
            "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:Christmas\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n";

    private final Map<String, String> samples = new HashMap<>();
    private final List<String> made = new ArrayList<>();
    private Instant began;

    /** A block of commands, and what it shows of their answers. */
    private record Block(
            Path document, String text, List<String> commands, boolean isMarked, String files) {}

    private record Call(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {}

    @BeforeEach
    void whatTheCallsSpeakOf() {
        began = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var calls = aJob("{\"cron\": \"0 9 * * *\"}").put("type", "http");
        calls.putObject("config").put("method", "POST").put("url", "https://example.com/");
        samples.put("jobs", createdId(calls));
        samples.put(RUN_BY_A_RULE, createdId(aJob("{\"cron\": \"0 9 * * *\"}")));
        samples.put(HEARTBEAT, createdId(aJob("{\"every\": \"1h\"}").put("type", "heartbeat")));
        samples.put(
                "executions",
                submittedId(
                        object().put("type", "noop")
                                .put("runAt", Instant.now().plus(1, ChronoUnit.DAYS).toString())));
        // Its document says in words that it is stored.
        body("{\"value\": \"https://example.com/hook\"}").put(TEAMS);
        made.add(TEAMS);
        samples.put("rules", tree(body(aRule()).post("/api/v1/rules"), 201).get("id").textValue());
        samples.put("workers", tree(get("/api/v1/workers"), 200).at("/items/0/id").textValue());
    }

    private static ObjectNode aRule() {
        var rule = object().put("name", unique("rule"));
        rule.putObject("labels").put("team", unique("nobody"));
        rule.put("failuresInARow", 3);
        rule.putObject("webhook").put("url", "https://example.com/");
        return rule;
    }

    @AfterEach
    void tidyUp() {
        // What was made later may refer to what was made earlier.
        made.reversed().forEach(path -> request().delete(path));
        madeSince(began).forEach(id -> request().delete(JOBS + "/{id}", id));
        body(object().put("capacity", CAPACITY)).post("/api/v1/workers/scale");
    }

    private static List<String> madeSince(Instant began) {
        return StreamSupport.stream(
                        tree(get(JOBS + "?limit=100"), 200).get("items").spliterator(), false)
                .filter(job -> !Instant.parse(job.get("createdAt").textValue()).isBefore(began))
                .map(job -> job.get("id").textValue())
                .toList();
    }

    @Test
    void everyCallIsAnsweredAsShown() throws Exception {
        var faults = new ArrayList<String>();
        int sent = 0;
        for (var block : blocks()) {
            for (String command : block.commands) {
                if (!command.contains("curl") || block.isMarked) {
                    continue;
                }
                String where = block.document + ": " + command;
                if (command.startsWith("curl ")) {
                    sent++;
                    send(block, command).ifPresent(fault -> faults.add(where + "\n" + fault));
                } else {
                    faults.add(where + "\nis no plain call, and is not marked");
                }
            }
        }

        assertThat(faults).isEmpty();
        assertThat(sent).isGreaterThan(80);
    }

    private Optional<String> send(Block block, String command) throws Exception {
        var call = call(block, command);
        var request = HttpRequest.newBuilder(call.uri).timeout(Duration.ofSeconds(30));
        call.headers.forEach(request::header);
        request.method(
                call.method,
                call.body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(call.body));

        // A connection for each: one that is kept may be closed while the next request is sent.
        try (var client = HttpClient.newBuilder().version(Version.HTTP_1_1).build()) {
            HttpResponse<InputStream> response =
                    client.send(request.build(), BodyHandlers.ofInputStream());
            int status = response.statusCode();
            if (status == 201) {
                response.headers().firstValue("Location").ifPresent(made::add);
            }
            boolean isGood = status < 300 || isExpected(block, command, status);
            // A stream of events would never end.
            String answer =
                    isGood
                            ? ""
                            : new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
            client.shutdownNow();
            return isGood ? Optional.empty() : Optional.of(status + " " + answer);
        }
    }

    /** Shown, or of something in another state than that which the document tells of. */
    private static boolean isExpected(Block block, String command, int status) {
        var shown = new TreeSet<String>();
        SHOWN.matcher(block.text)
                .results()
                .forEach(it -> shown.add(it.group(1) == null ? it.group(2) : it.group(1)));
        return shown.contains(Integer.toString(status))
                || ID.matcher(command).find() && (status == 409 || status == 412);
    }

    private Call call(Block block, String command) {
        String method = null;
        String url = null;
        String data = null;
        var headers = new HashMap<String, String>();
        var words = words(command);
        for (int at = 1; at < words.size(); at++) {
            String word = words.get(at);
            switch (word) {
                case "-X" -> method = words.get(++at);
                case "-H" -> {
                    var header = words.get(++at).split(": ", 2);
                    if (!header[0].equals("Authorization")) {
                        headers.put(header[0], header[1]);
                    }
                }
                case "-d", "--data-binary" -> data = words.get(++at);
                case "-i", "-s", "-N" -> {}
                default -> {
                    assertThat(url).as(command).isNull();
                    url = word;
                }
            }
        }
        String given = data == null || !data.startsWith("@") ? data : file(block, data);
        return new Call(
                method != null ? method : given == null ? "GET" : "POST",
                service().resolve(withSamples(url).replaceFirst("^(http://)?localhost:8080", "")),
                headers,
                given == null
                        ? null
                        // Of the roots that the documents name, the tests' service has this one.
                        : named(
                                withSamples(given)
                                        .replace("$IMPORT", samples.get("jobs"))
                                        .replace("$RESTART", samples.get(RUN_BY_A_RULE))
                                        .replace("\"…\"", "\"something\"")
                                        .replace("…", "0")
                                        .replace("\"documents\"", "\"reports\"")));
    }

    private static String file(Block block, String data) {
        String name = data.substring(1);
        if (name.endsWith(".ics")) {
            return CALENDAR;
        }
        return FILE.matcher(block.files)
                .results()
                .filter(it -> it.group(1).equals(name))
                .findFirst()
                .orElseThrow()
                .group(2);
    }

    /** Jobs of other tests may have the same names. */
    private static String named(String body) {
        if (!body.startsWith("{")) {
            return body;
        }
        JsonNode tree = json(body);
        if (tree instanceof ObjectNode object && object.has("name") && object.has("type")) {
            object.put("name", unique(object.get("name").textValue()));
        }
        return tree.toString();
    }

    /** Puts what is there in place of the ids in a document, by what stands before them. */
    private String withSamples(String text) {
        return ID.matcher(text)
                .replaceAll(
                        found -> {
                            if (text.startsWith("/heartbeat", found.end())) {
                                return samples.get(HEARTBEAT);
                            }
                            String ahead = text.substring(0, found.start());
                            return samples.entrySet().stream()
                                    .filter(it -> ahead.endsWith("/" + it.getKey() + "/"))
                                    .map(Map.Entry::getValue)
                                    .findFirst()
                                    .orElse(samples.get("jobs"));
                        });
    }

    /** As a shell would part them, with the variables that the documents use. */
    private static List<String> words(String command) {
        String line =
                command.replaceAll("\\s+\\| jq .*", "")
                        .replaceAll("\\s+# [^'\"]*$", "")
                        .replace("\\\n", " ")
                        .replace("$B", "/api/v1")
                        .replace("$J", "Content-Type: application/json");
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        var found = WORD.matcher(line);
        int end = 0;
        while (found.find()) {
            if (found.start() > end && !word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
            for (int group = 1; group <= 3; group++) {
                if (found.group(group) != null) {
                    word.append(found.group(group));
                }
            }
            end = found.end();
        }
        words.add(word.toString());
        return words;
    }

    private static List<Block> blocks() throws IOException {
        var documents = new ArrayList<>(List.of(Path.of("README.md")));
        try (var files = Files.list(Path.of("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        var blocks = new ArrayList<Block>();
        for (var document : documents) {
            String text = Files.readString(document);
            var found = BLOCK.matcher(text);
            while (found.find()) {
                blocks.add(
                        new Block(
                                document,
                                found.group(4),
                                commands(found.group(4), found.group(3).equals("console")),
                                found.group(2) != null,
                                text.substring(0, found.start())));
            }
        }
        return blocks;
    }

    /** What follows a prompt, up to where its quotes are closed; the rest are answers. */
    private static List<String> commands(String block, boolean hasPrompts) {
        var commands = new ArrayList<String>();
        String command = "";
        for (String line : block.lines().map(String::stripTrailing).toList()) {
            if (!command.isEmpty()) {
                command += "\n" + line;
            } else if (hasPrompts && line.strip().startsWith("$ ")) {
                command = line.strip().substring(2);
            } else if (!hasPrompts) {
                command = line.strip();
            }
            boolean isWhole =
                    command.chars().filter(it -> it == '\'').count() % 2 == 0
                            && !command.endsWith("\\")
                            && !command.endsWith("|");
            if (isWhole && !command.isEmpty()) {
                commands.add(command);
                command = "";
            }
        }
        return commands;
    }
}
