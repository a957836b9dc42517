package io.carillon;

import io.carillon.json.Hints;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SysPropConfigSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Checks what is configured before anything starts: every key under {@code carillon.} must be
 * known, within its range and consistent with the others, wherever it was set. The config mappings
 * of the rooms define the keys' meanings and defaults; tests compare them with this table, and this
 * table with docs/configuration.md.
 */
public final class Settings {
    private static final Setting.Span POLL = span("carillon.firing.poll", "PT1S", "PT5S", "PT1M");
    private static final Setting.Span MISFIRE =
            span("carillon.firing.misfire-threshold", "PT1S", "PT1M", "P7D");
    private static final Setting.Span HEARTBEAT =
            span("carillon.worker.heartbeat", "PT0.05S", "PT1S", "PT1M");
    private static final Setting.Span LEASE =
            span("carillon.worker.lease", "PT0.5S", "PT4S", "PT10M");

    private static final String ISSUER = "carillon.oidc.issuer";
    private static final String AUDIENCE = "carillon.oidc.audience";
    private static final String CLIENT = "carillon.oidc.client-id";
    private static final String CLIENT_SECRET = "carillon.oidc.client-secret";

    /** Sessions are signed by a key that is derived from it. */
    private static final int SHORTEST_CLIENT_SECRET = 24;

    /**
     * How many heartbeats a lease must span, so that a worker is not declared dead for a late one.
     */
    private static final int HEARTBEATS_IN_A_LEASE = 3;

    static final List<Setting> ALL =
            List.of(
                    new Setting.Flag("carillon.api.enabled"),
                    span("carillon.audit.retention", "P1D", "P400D", "P36500D"),
                    new Setting.Place("carillon.backup.pg-bin", "a folder"),
                    new Setting.Address("carillon.callbacks.base-url"),
                    Families.DATASOURCE_NAMESPACES,
                    Families.DATASOURCES,
                    span("carillon.dispatch.poll", "PT0.01S", "PT0.5S", "PT0.5S"),
                    new Setting.Place("carillon.embedded.data-dir", "a folder"),
                    new Setting.Whole("carillon.embedded.port", 1, 65_535),
                    new Setting.Flag("carillon.events.enabled"),
                    new Setting.Text(
                            "carillon.events.excluded-namespaces", "namespaces, by commas"),
                    new Setting.Whole("carillon.events.max-readers", 1, 100_000),
                    span("carillon.events.retention", "P1D", "P1D", "P365D"),
                    new Setting.Whole("carillon.firing.batch-size", 1, 10_000),
                    new Setting.Flag("carillon.firing.enabled"),
                    MISFIRE,
                    POLL,
                    Families.FOLDERS,
                    span("carillon.firing.reconcile-every", "PT1S", "PT5M", "P1D"),
                    span("carillon.history.retention", "P1D", "P30D", "P36500D"),
                    new Setting.Choice(
                            "carillon.mail.encryption", List.of("none", "starttls", "tls")),
                    new Setting.Text("carillon.mail.from", "an address"),
                    new Setting.Text("carillon.mail.host", "a name or an address"),
                    new Setting.Text("carillon.mail.password", "a password"),
                    new Setting.Whole("carillon.mail.port", 1, 65_535),
                    new Setting.Text("carillon.mail.user", "a name"),
                    new Setting.Whole("carillon.metrics.per-job", 0, 10_000),
                    new Setting.Text(AUDIENCE, "a text"),
                    new Setting.Text(CLIENT, "a text"),
                    new Setting.Text(CLIENT_SECRET, "a text of 24 characters or more"),
                    Families.GRANTS,
                    new Setting.Address(ISSUER),
                    new Setting.Address("carillon.oidc.jwks-url"),
                    new Setting.Text("carillon.oidc.name-claim", "the name of a claim"),
                    new Setting.Address("carillon.oidc.redirect-url"),
                    new Setting.Text("carillon.oidc.scopes", "scopes, by spaces, with openid"),
                    span("carillon.oidc.session", "PT1M", "PT8H", "P30D"),
                    new Setting.Flag("carillon.outgoing.allow-loopback"),
                    new Setting.Flag("carillon.outgoing.allow-private"),
                    new Setting.Names("carillon.outgoing.allowed-hosts"),
                    Families.HOSTS_OF_NAMESPACES,
                    new Setting.Networks("carillon.outgoing.allowed-networks"),
                    Families.NETWORKS_OF_NAMESPACES,
                    Families.HOST_LIMITS,
                    span("carillon.queue.head-start", "PT0S", "PT30S", "P1D"),
                    span("carillon.queue.sample-every", "PT1S", "PT5S", "PT1H"),
                    new Setting.Place("carillon.reports.fonts", "a folder"),
                    new Setting.Flag("carillon.sample.enabled"),
                    new Setting.Text("carillon.secrets.key", "32 bytes in base64"),
                    new Setting.Place("carillon.secrets.key-file", "a file"),
                    new Setting.Text(
                            "carillon.secrets.previous-keys",
                            "32 bytes in base64, several by commas"),
                    new Setting.Place("carillon.security.admin-key-file", "a file"),
                    new Setting.Hash("carillon.security.admin-key-hash"),
                    new Setting.Flag("carillon.security.enabled"),
                    new Setting.Whole("carillon.security.key-requests-per-second", 0, 1_000_000),
                    new Setting.Flag("carillon.security.open-metrics"),
                    new Setting.Whole(
                            "carillon.security.refused-requests-per-second", 0, 1_000_000),
                    new Setting.Address("carillon.traces.endpoint"),
                    new Setting.Text("carillon.traces.headers", "name=value, several by commas"),
                    new Setting.Link("carillon.traces.link", "{traceId}"),
                    new Setting.Ratio("carillon.traces.ratio"),
                    new Setting.Whole("carillon.worker.capacity", 1, 100_000),
                    new Setting.Flag("carillon.worker.enabled"),
                    span("carillon.worker.grace", "PT0S", "PT20S", "PT1H"),
                    HEARTBEAT,
                    LEASE);

    private static final Map<String, Setting> BY_KEY =
            ALL.stream().collect(Collectors.toMap(Setting::key, Function.identity()));
    private static final Map<String, Setting> BY_VARIABLE =
            ALL.stream().collect(Collectors.toMap(Setting::variable, Function.identity()));

    private static final String PREFIX = "carillon.";
    private static final String VARIABLE_PREFIX = "CARILLON_";

    /** The prefix of a profile: {@code %dev.} before a key, {@code _DEV_} before a variable. */
    private static final Pattern PROFILE =
            Pattern.compile("^(%[^.]+\\.|_[A-Za-z0-9]+_(?=CARILLON_|carillon\\.))");

    /**
     * Variables that are not settings of ours: those that Kubernetes sets in every pod of the
     * namespace for a Service named {@code carillon} or {@code carillon-…}, those of the client,
     * and the one that tells {@code mvnw} where the JDK is, which dev mode inherits.
     */
    private static final Pattern SET_BY_OTHERS =
            Pattern.compile(
                    "CARILLON_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
                            + "|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)|CARILLON_(JVM_DIRS|KEY|URL)");

    /**
     * The value that Kubernetes gives {@code CARILLON_PORT}; by its name alone it could be a
     * misspelt setting.
     */
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private final SmallRyeConfig config;

    Settings(SmallRyeConfig config) {
        this.config = config;
    }

    /** Returns the allowed values of each key, in words. */
    public static Map<String, String> allowed() {
        return ALL.stream()
                .collect(
                        Collectors.toMap(
                                Setting::key, Setting::allowed, (one, same) -> one, TreeMap::new));
    }

    /** Returns a sentence for each problem; empty if the service can start. */
    List<String> problems() {
        var problems = new ArrayList<String>(unknown());
        ALL.forEach(setting -> problems.addAll(problemsOf(setting)));
        Families.ALL.forEach(family -> problems.addAll(problemsOf(family)));
        if (problems.isEmpty()) {
            problems.addAll(problemsOfPairs());
        }
        return problems;
    }

    private List<String> unknown() {
        var problems = new TreeMap<String, String>();
        for (var source : config.getConfigSources()) {
            boolean ofVariables = source instanceof EnvConfigSource;
            for (String found : source.getPropertyNames()) {
                String bare = PROFILE.matcher(found).replaceFirst("");
                // Environment variables appear under the keys that the config source guesses for
                // them.
                String name = ofVariables ? Setting.variable(bare) : bare;
                var known = ofVariables ? BY_VARIABLE : BY_KEY;
                if (name.startsWith(ofVariables ? VARIABLE_PREFIX : PREFIX)
                        && !known.containsKey(name)
                        && Families.ALL.stream().noneMatch(family -> family.owns(name))
                        && !isOfOthers(name, source.getValue(found))) {
                    problems.put(name, unknown(name, source, nearest(name, known)));
                }
            }
        }
        return List.copyOf(problems.values());
    }

    private static boolean isOfOthers(String name, @Nullable String value) {
        return SET_BY_OTHERS.matcher(name).matches()
                || name.endsWith("_PORT")
                        && value != null
                        && SERVICE_ADDRESS.matcher(value).matches();
    }

    private static String unknown(String name, ConfigSource source, @Nullable String meant) {
        return "%s, set in %s, is not a setting of Carillon; %s"
                .formatted(
                        name,
                        place(source),
                        meant == null
                                ? "docs/configuration.md lists them all."
                                : "did you mean " + meant + "?");
    }

    private static String place(ConfigSource source) {
        String name = String.valueOf(source.getName());
        return switch (source) {
            case EnvConfigSource _ -> name.endsWith(".env") ? name : "the environment";
            case SysPropConfigSource _ -> "a system property";
            default -> name.replaceAll(".*source=([^\\]]+)\\].*", "$1");
        };
    }

    /**
     * Returns the name with the smallest edit distance, if it is small enough to be a typing error.
     */
    private static @Nullable String nearest(String name, Map<String, Setting> known) {
        return known.keySet().stream()
                .min(
                        Comparator.comparingInt(
                                        (String candidate) -> Hints.distance(name, candidate))
                                .thenComparing(Comparator.naturalOrder()))
                .filter(
                        candidate ->
                                Hints.distance(name, candidate) <= Math.max(3, name.length() / 4))
                .orElse(null);
    }

    private List<String> problemsOf(Setting setting) {
        String value;
        try {
            var found = config.getConfigValue(setting.key());
            if (found.getRawValue() == null) {
                return List.of();
            }
            value = found.getValue() == null ? "" : found.getValue();
        } catch (RuntimeException unexpandable) {
            return List.of(setting.key() + " cannot be read: " + unexpandable.getMessage() + ".");
        }
        return isAllowed(setting, value)
                ? List.of()
                : List.of(
                        "%s is \"%s\", but must be %s."
                                .formatted(setting.key(), value, expected(setting)));
    }

    private List<String> problemsOf(Setting.Family family) {
        var problems = new TreeMap<String, String>();
        for (String key : config.getPropertyNames()) {
            if (!family.owns(key)) {
                continue;
            }
            String found = config.getConfigValue(key).getValue();
            String value = found == null ? "" : found;
            if (!family.test().test(value)) {
                problems.put(
                        key,
                        family.isSecret()
                                ? "%s must be %s.".formatted(key, family.allowed())
                                : "%s is \"%s\", but must be %s."
                                        .formatted(key, value, family.allowed()));
            }
        }
        return List.copyOf(problems.values());
    }

    private static String expected(Setting setting) {
        return setting instanceof Setting.Span
                ? "a duration of " + setting.allowed()
                : setting.allowed();
    }

    private boolean isAllowed(Setting setting, String value) {
        try {
            return (!value.isBlank() || setting instanceof Setting.Listing)
                    && switch (setting) {
                        case Setting.Flag _ -> Setting.Flag.isOne(value.strip());
                        case Setting.Whole whole -> whole.has(Integer.parseInt(value.strip()));
                        case Setting.Span span -> span.has(duration(value));
                        case Setting.Hash _ -> Setting.Hash.isOne(value.strip());
                        case Setting.Choice choice -> choice.has(value.strip());
                        case Setting.Address _ -> Setting.Address.isOne(value.strip());
                        case Setting.Link link -> link.isOne(value.strip());
                        case Setting.Ratio _ -> Setting.Ratio.isOne(value.strip());
                        case Setting.Text _ -> true;
                        // Checked by name.
                        case Setting.Family _ -> true;
                        case Setting.Place _ -> !Path.of(value).toString().isEmpty();
                        case Setting.Listing listing ->
                                Stream.of(value.split(","))
                                        .map(String::strip)
                                        .allMatch(each -> each.isEmpty() || listing.has(each));
                    };
        } catch (IllegalArgumentException | ArithmeticException unreadable) {
            return false;
        }
    }

    private boolean isSet(String key) {
        String value = config.getConfigValue(key).getValue();
        return value != null && !value.isBlank();
    }

    private Duration duration(String value) {
        return config.getConverter(Duration.class).orElseThrow().convert(value.strip());
    }

    private List<String> problemsOfPairs() {
        var problems = new ArrayList<String>();
        if (isSet(ISSUER) && !isSet(AUDIENCE) && !isSet(CLIENT)) {
            problems.add(
                    "%s is set and neither %s nor %s is, but a token that is for others is not for Carillon."
                            .formatted(ISSUER, AUDIENCE, CLIENT));
        }
        if (isSet(CLIENT) && !(isSet(ISSUER) && isSet(CLIENT_SECRET))) {
            problems.add(
                    "%s is set, but %s and %s must be set as well."
                            .formatted(CLIENT, ISSUER, CLIENT_SECRET));
        }
        if (isSet(ISSUER)
                && URI.create(config.getConfigValue(ISSUER).getValue()).getHost() == null) {
            problems.add(
                    ISSUER + " has a host that no URL can have, such as one with an underscore.");
        }
        String secret = config.getConfigValue(CLIENT_SECRET).getValue();
        if (secret != null && secret.length() < SHORTEST_CLIENT_SECRET) {
            problems.add(
                    "%s must have %d characters or more."
                            .formatted(CLIENT_SECRET, SHORTEST_CLIENT_SECRET));
        }
        var heartbeat = of(HEARTBEAT);
        var lease = of(LEASE);
        if (lease.compareTo(heartbeat.multipliedBy(HEARTBEATS_IN_A_LEASE)) < 0) {
            problems.add(
                    "%s is %s and %s is %s, but a lease must be at least %d heartbeats long."
                            .formatted(
                                    LEASE.key(),
                                    Setting.Span.text(lease),
                                    HEARTBEAT.key(),
                                    Setting.Span.text(heartbeat),
                                    HEARTBEATS_IN_A_LEASE));
        }
        var threshold = of(MISFIRE);
        var poll = of(POLL);
        if (threshold.compareTo(poll) < 0) {
            problems.add(
                    ("%s is %s and %s is %s, but the misfire threshold must not be shorter than the poll:"
                                    + " an instant found by polling would be a misfire.")
                            .formatted(
                                    MISFIRE.key(),
                                    Setting.Span.text(threshold),
                                    POLL.key(),
                                    Setting.Span.text(poll)));
        }
        return problems;
    }

    private Duration of(Setting.Span span) {
        return config.getOptionalValue(span.key(), Duration.class).orElse(span.usual());
    }

    private static Setting.Span span(String key, String least, String usual, String most) {
        return new Setting.Span(
                key, Duration.parse(least), Duration.parse(usual), Duration.parse(most));
    }
}
