import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A remote worker of Carillon that needs a JDK from 17 on and nothing else.
 *
 * <pre>CARILLON_URL=http://localhost:8080 CARILLON_KEY=carillon_... java Worker.java</pre>
 *
 * CARILLON_URL may name several replicas, separated by commas: any of them answers any call. Put
 * your own tasks into TASKS. docs/remote-workers.md describes the protocol.
 */
public class Worker {
    /** Does the work; is interrupted when it is to stop. What it returns is text, numbers, maps and lists. */
    interface Task {
        Object run(Object payload, Run run) throws Exception;
    }

    static final Map<String, Task> TASKS = Map.of(
            "echo", (payload, run) -> Map.of("echo", payload == null ? "" : payload),
            "sleep", (payload, run) -> {
                double seconds = ((Number) ((Map<?, ?>) payload).get("seconds")).doubleValue();
                for (int step = 1; step <= 10; step++) {
                    Thread.sleep((long) (seconds * 100));
                    run.progress(step * 10);
                }
                return Map.of("slept", seconds);
            },
            "fail", (payload, run) -> {
                throw new IllegalArgumentException(String.valueOf(payload));
            });

    static final List<String> URLS = List.of(env("CARILLON_URL", "http://localhost:8080").split(","));
    static final String KEY = env("CARILLON_KEY", "");
    static final int CAPACITY = Integer.parseInt(env("CARILLON_CAPACITY", "4"));
    static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();

    final Map<String, Run> held = new ConcurrentHashMap<>();
    final AtomicInteger replica = new AtomicInteger();
    volatile String id;
    volatile long heardNanos;
    volatile boolean stopping;
    volatile boolean drain;

    /** An answer that will not change when the call is repeated. */
    static class Refused extends Exception {
        Refused(String answer) {
            super(answer);
        }
    }

    /** One execution that this worker holds. */
    class Run implements Runnable {
        final Map<?, ?> claimed;
        final String workerId;
        final Thread thread = new Thread(this); // of its own: who stops it cannot interrupt another
        volatile boolean lost;

        Run(Map<?, ?> claimed, String workerId) {
            this.claimed = claimed;
            this.workerId = workerId;
        }

        void progress(int percent) throws InterruptedException {
            try {
                send("progress", Map.of("percent", percent));
            } catch (IOException | Refused ofNoConsequence) {
                // The next one may be heard.
            }
        }

        void send(String what, Map<String, ?> said) throws IOException, Refused, InterruptedException {
            var body = new TreeMap<String, Object>(said);
            body.put("workerId", workerId);
            body.put("epoch", claimed.get("epoch"));
            call("POST", "/executions/" + claimed.get("id") + "/" + what, body, 10);
        }

        @Override
        public void run() {
            String what = "complete";
            Map<String, ?> said;
            try {
                Object result = TASKS.get((String) claimed.get("task")).run(claimed.get("payload"), this);
                said = Map.of("result", result);
            } catch (Throwable failure) {
                what = "fail";
                said = Map.of("code", failure.getClass().getSimpleName(), "message", String.valueOf(failure.getMessage()));
            }
            while (!lost) {
                try {
                    Thread.interrupted();
                    send(what, said); // the same again is answered the same
                    break;
                } catch (Refused refused) {
                    System.err.println("outcome refused: " + refused.getMessage());
                    break;
                } catch (IOException | InterruptedException again) {
                    pause(200);
                }
            }
            held.remove((String) claimed.get("id"));
        }

        void stop(boolean isLost) {
            lost |= isLost;
            thread.interrupt();
        }
    }

    public static void main(String[] arguments) throws Exception {
        var worker = new Worker();
        Runtime.getRuntime().addShutdownHook(new Thread(worker::leave));
        worker.register();
        new Thread(worker::beat).start();
        worker.work();
    }

    void register() throws Exception {
        var me = Map.of("name", "java-" + ProcessHandle.current().pid(), "tasks", List.copyOf(TASKS.keySet()), "capacity", CAPACITY);
        id = (String) ((Map<?, ?>) call("POST", "/workers", me, 10)).get("id");
        heardNanos = System.nanoTime();
        System.out.println("registered " + id);
    }

    void beat() {
        while (true) {
            pause(1000);
            var runs = Map.copyOf(held);
            try {
                var known = Map.of("executions", List.copyOf(runs.keySet()));
                var answer = (Map<?, ?>) call("POST", "/workers/" + id + "/heartbeat", known, 2);
                heardNanos = System.nanoTime();
                drain = (Boolean) answer.get("drain");
                ((List<?>) answer.get("lost")).forEach(each -> runs.get(each).stop(true));
                ((List<?>) answer.get("cancel")).forEach(each -> runs.get(each).stop(false));
            } catch (Refused ended) { // what it held runs elsewhere
                runs.values().forEach(run -> run.stop(true));
                try {
                    if (!stopping) {
                        register();
                    }
                } catch (Exception notYet) {
                    // The next beat tries again.
                }
            } catch (Exception noAnswer) {
                if (System.nanoTime() - heardNanos > 3_000_000_000L) { // a second before the lease ends
                    runs.values().forEach(run -> run.stop(true));
                }
            }
        }
    }

    void work() {
        while (!stopping) {
            int free = CAPACITY - held.size();
            if (free <= 0 || drain) {
                pause(10);
                continue;
            }
            try {
                var claim = Map.of("slots", free, "waitFor", "20s");
                String me = id;
                var answer = (Map<?, ?>) call("POST", "/workers/" + me + "/claim", claim, 30);
                for (var each : stopping ? List.of() : (List<?>) answer.get("executions")) { // leaving gives them back
                    var run = new Run((Map<?, ?>) each, me);
                    held.put((String) run.claimed.get("id"), run);
                    run.thread.start();
                }
            } catch (Exception again) {
                pause(200);
            }
        }
    }

    /** Finishes what runs, gives back the rest, and ends the claim that waits. */
    void leave() {
        stopping = true;
        for (int waited = 0; !held.isEmpty() && waited < 20_000; waited += 50) {
            pause(50);
        }
        try {
            call("DELETE", "/workers/" + id, null, 10);
        } catch (Exception rescued) {
            System.err.println("not left, others will rescue what ran: " + rescued.getMessage());
        }
    }

    /** Calls one replica after the other until one answers. */
    Object call(String method, String path, Object body, int seconds) throws IOException, Refused, InterruptedException {
        for (int asked = 0; asked < URLS.size(); asked++) {
            int index = replica.get();
            var request = HttpRequest.newBuilder(URI.create(URLS.get(index % URLS.size()) + "/api/v1" + path))
                    .timeout(Duration.ofSeconds(seconds))
                    .header("Content-Type", "application/json")
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.text(body)));
            if (!KEY.isEmpty()) {
                request.header("Authorization", "Bearer " + KEY);
            }
            try {
                var answer = HTTP.send(request.build(), BodyHandlers.ofString());
                if (answer.statusCode() < 300) {
                    return answer.body().isEmpty() ? null : new Json(answer.body()).value();
                }
                if (answer.statusCode() < 500 && answer.statusCode() != 429) {
                    throw new Refused(answer.statusCode() + " " + answer.body());
                }
            } catch (IOException noAnswer) {
                // The next replica may answer.
            }
            replica.compareAndSet(index, index + 1);
        }
        throw new IOException("no replica answers");
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stop) {
            // Who pauses looks for itself whether it is to stop.
        }
    }

    static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    /** As much of JSON as is spoken here; a program of yours has a library for it. */
    static class Json {
        final String text;
        int at;

        Json(String text) {
            this.text = text;
        }

        Object value() {
            char next = peek();
            if (next == '{') {
                var map = new TreeMap<String, Object>();
                for (at++; peek() != '}'; skip(',')) {
                    String name = string();
                    skip(':');
                    map.put(name, value());
                }
                at++;
                return map;
            }
            if (next == '[') {
                var list = new ArrayList<>();
                for (at++; peek() != ']'; skip(',')) {
                    list.add(value());
                }
                at++;
                return list;
            }
            if (next == '"') {
                return string();
            }
            int from = at;
            while (at < text.length() && "+-.0123456789aeflnrstuE".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            String word = text.substring(from, at);
            return switch (word) {
                case "true", "false" -> Boolean.valueOf(word);
                case "null" -> null;
                default -> word.matches("-?\\d{1,18}") ? (Object) Long.valueOf(word) : Double.valueOf(word);
            };
        }

        String string() {
            peek();
            var read = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                char letter = text.charAt(at);
                if (letter == '\\') {
                    letter = text.charAt(++at);
                    int known = "bfnrt".indexOf(letter);
                    if (letter == 'u') {
                        letter = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
                        at += 4;
                    } else if (known >= 0) {
                        letter = "\b\f\n\r\t".charAt(known);
                    }
                }
                read.append(letter);
            }
            at++;
            return read.toString();
        }

        char peek() {
            while (Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return text.charAt(at);
        }

        void skip(char sign) {
            if (peek() == sign) {
                at++;
            }
        }

        static String text(Object value) {
            if (value instanceof Map<?, ?> map) {
                var fields = new ArrayList<String>();
                map.forEach((name, each) -> fields.add(text(name) + ":" + text(each)));
                return "{" + String.join(",", fields) + "}";
            }
            if (value instanceof List<?> list) {
                return "[" + String.join(",", list.stream().map(Json::text).toList()) + "]";
            }
            if (value == null || value instanceof Number || value instanceof Boolean) {
                return String.valueOf(value);
            }
            var written = new StringBuilder("\"");
            for (char letter : value.toString().toCharArray()) {
                written.append(letter < ' ' || letter == '"' || letter == '\\' ? String.format("\\u%04x", (int) letter) : letter);
            }
            return written.append('"').toString();
        }
    }
}
