package io.carillon.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.execution.ExecutionState;
import io.carillon.security.Scope;
import io.quarkus.qute.RawString;
import jakarta.ws.rs.core.UriInfo;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Gives templates what every page needs: where it is, who looks at it, and how values read. */
public final class PageContext {
    private static final RawString NONE = new RawString("");
    private static final ObjectWriter JSON =
            new ObjectMapper()
                    .writer(
                            new DefaultPrettyPrinter(
                                    Separators.createDefaultInstance()
                                            .withObjectFieldValueSpacing(
                                                    Separators.Spacing.AFTER)));

    private final UriInfo uri;
    private final String root;
    private final String section;
    private final Instant now;
    private final String version;
    private final @Nullable String person;
    private final boolean hasEvents;
    private final Scope editor;
    private final Scope admin;

    PageContext(
            UriInfo uri,
            String root,
            String section,
            Instant now,
            String version,
            @Nullable String person,
            boolean hasEvents,
            Scope editor,
            Scope admin) {
        this.uri = uri;
        this.root = root;
        this.section = section;
        this.now = now;
        this.version = version;
        this.person = person;
        this.hasEvents = hasEvents;
        this.editor = editor;
        this.admin = admin;
    }

    /** Whether this page was asked for with this value of a query parameter. */
    public boolean asks(String parameter, Object value) {
        return value.toString().equals(uri.getQueryParameters().getFirst(parameter));
    }

    /** Returns a query parameter of this page; empty if it has none. */
    public String asked(String parameter) {
        var value = uri.getQueryParameters().getFirst(parameter);
        return value == null ? "" : value;
    }

    /** Whether events are written, which make pages live. */
    public boolean hasEvents() {
        return hasEvents;
    }

    /** Returns the end of a query for the namespace that this page was asked for; empty: all. */
    public String inNamespace() {
        String namespace = asked("namespace");
        return namespace.isEmpty() ? "" : "&namespace=" + encoded(namespace);
    }

    /** Whether the person sees what belongs to no namespace, such as workers. */
    public boolean seesEverything() {
        return editor.visible().isEmpty();
    }

    /** Returns all states of executions. */
    public List<ExecutionState> states() {
        return List.of(ExecutionState.values());
    }

    /** Returns a link to this page with another value of a query parameter. */
    public String with(String parameter, Object value) {
        var query = new StringJoiner("&", "?", "");
        uri.getQueryParameters()
                .forEach(
                        (name, values) -> {
                            if (!name.equals(parameter)) {
                                values.forEach(
                                        each -> query.add(encoded(name) + "=" + encoded(each)));
                            }
                        });
        return query.add(encoded(parameter) + "=" + encoded(value.toString())).toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Returns the path that all links begin with: empty, or such as {@code /carillon}. */
    public String root() {
        return root;
    }

    /** Returns the entry of the navigation that the page belongs to. */
    public String section() {
        return section;
    }

    /** Returns the database's time. */
    public Instant now() {
        return now;
    }

    public String version() {
        return version;
    }

    /** Returns the name of the person who has signed in, and so can sign out; null for nobody. */
    public @Nullable String person() {
        return person;
    }

    /** Returns the body of the call that pauses a job or a queue again with the note it has now. */
    public String pausing(@Nullable String note) {
        var request = JsonNodeFactory.instance.objectNode();
        if (note != null) {
            request.put("note", note);
        }
        return request.toString();
    }

    /** Whether the person may change jobs of a namespace. */
    public boolean mayEdit(String namespace) {
        return editor.permits(namespace);
    }

    /** Whether the person may change jobs of some namespace. */
    public boolean mayEdit() {
        return editor.isAnywhere();
    }

    /** Whether the person may change what belongs to no namespace. */
    public boolean mayAdmin() {
        return admin.isEverywhere();
    }

    /** Whether the person manages some namespace. */
    public boolean isAdmin() {
        return admin.isAnywhere();
    }

    /** Shows an instant by its distance from now; the exact time is a tooltip. */
    public RawString time(@Nullable Instant at) {
        if (at == null) {
            return NONE;
        }
        var distance = Duration.between(now, at);
        String text =
                distance.abs().toMillis() < 1000
                        ? "now"
                        : distance.isNegative()
                                ? TimeText.roughly(distance.negated()) + " ago"
                                : "in " + TimeText.roughly(distance);
        return new RawString(
                "<time data-relative datetime=\"%s\" title=\"%s UTC\">%s</time>"
                        .formatted(at, TimeText.full(at), text));
    }

    /** Shows an instant as a time of day, after the date if that is not today. */
    public RawString at(@Nullable Instant at) {
        return at == null
                ? NONE
                : new RawString(
                        "<time datetime=\"%s\" title=\"%s UTC\">%s</time>"
                                .formatted(at, TimeText.full(at), TimeText.at(at, now)));
    }

    /** Shows a duration; empty for none. */
    public String duration(@Nullable Duration duration) {
        return duration == null ? "" : TimeText.of(duration);
    }

    /** Shows the time between two instants; empty if one is missing. */
    public String between(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null ? "" : TimeText.of(Duration.between(from, to));
    }

    /** Shows a number with separators between thousands. */
    public String number(@Nullable Number number) {
        return number == null ? "" : String.format(Locale.ROOT, "%,d", number.longValue());
    }

    /** Shows a number of events per second; empty for none. */
    public String rate(@Nullable Double perSecond) {
        return perSecond == null ? "" : String.format(Locale.ROOT, "%,.1f", perSecond);
    }

    /** Shows a number without needless digits. */
    public String plain(@Nullable Double number) {
        return number == null
                ? ""
                : BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    /** Shows a ratio as a percentage; a dash for none. */
    public String percent(@Nullable Double ratio) {
        if (ratio == null) {
            return "–";
        }
        // 99.96 % is not 100 %.
        double rounded = Math.floor(ratio * 1000) / 10;
        return rounded == 100 || rounded == 0
                ? String.format(Locale.ROOT, "%.0f %%", rounded)
                : String.format(Locale.ROOT, "%.1f %%", rounded);
    }

    /** Shows a word such as a state in lower case. */
    public String word(@Nullable Object word) {
        return word == null ? "" : word.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Shows JSON over several lines; empty for none. */
    public String json(@Nullable JsonNode json) {
        if (json == null || json.isNull()) {
            return "";
        }
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
