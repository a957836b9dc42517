package io.carillon.outgoing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Guards whose settings and whose DNS a test chooses. */
public final class Guards {
    private Guards() {}

    /** Settings as in a file, without their prefix: {@code allow-loopback}, {@code true}. */
    public static OutgoingGuard with(Map<String, String> settings, Dns dns) {
        return with(settings, (Lookup) dns);
    }

    static OutgoingGuard with(Map<String, String> settings, Lookup lookup) {
        return new OutgoingGuard(new Configured(settings), lookup);
    }

    /** Refuses what a packaged application refuses. */
    public static OutgoingGuard strict(Dns dns) {
        return with(Map.of(), dns);
    }

    private record Configured(Map<String, String> settings) implements OutgoingConfig {
        @Override
        public boolean allowLoopback() {
            return Boolean.parseBoolean(settings.get("allow-loopback"));
        }

        @Override
        public boolean allowPrivate() {
            return Boolean.parseBoolean(settings.get("allow-private"));
        }

        @Override
        public Optional<List<String>> allowedHosts() {
            return several("allowed-hosts");
        }

        @Override
        public Optional<List<String>> allowedNetworks() {
            return several("allowed-networks");
        }

        @Override
        public Map<String, String> allowedHostsOf() {
            return byNamespace("allowed-hosts-of.");
        }

        @Override
        public Map<String, String> allowedNetworksOf() {
            return byNamespace("allowed-networks-of.");
        }

        private Map<String, String> byNamespace(String prefix) {
            return settings.entrySet().stream()
                    .filter(each -> each.getKey().startsWith(prefix))
                    .collect(
                            Collectors.toMap(
                                    each -> each.getKey().substring(prefix.length()),
                                    Map.Entry::getValue));
        }

        private Optional<List<String>> several(String key) {
            return Optional.ofNullable(settings.get(key)).map(value -> List.of(value.split(",")));
        }
    }

    /** A resolver that gives other answers each time it is asked, as an attacker's does. */
    public static final class Dns implements Lookup {
        private final Map<String, List<String>> answers = new ConcurrentHashMap<>();
        private final List<String> asked = new ArrayList<>();

        /**
         * Answers questions for a name with these, one after the other, and the last for ever.
         *
         * @param answers each of addresses with a blank between them
         */
        public Dns answers(String name, String... answers) {
            this.answers.put(name, new ArrayList<>(Arrays.asList(answers)));
            return this;
        }

        /** The names it was asked for, in order. */
        public synchronized List<String> asked() {
            return List.copyOf(asked);
        }

        @Override
        public synchronized InetAddress[] addresses(String name) throws UnknownHostException {
            asked.add(name);
            var ahead = answers.get(name);
            if (ahead == null) {
                throw new UnknownHostException(name);
            }
            String answer = ahead.size() > 1 ? ahead.removeFirst() : ahead.getFirst();
            return Arrays.stream(answer.split(" "))
                    .map(InetAddress::ofLiteral)
                    .toArray(InetAddress[]::new);
        }
    }
}
