package io.carillon.dashboard;

import io.carillon.database.DatabaseClock;
import io.carillon.event.EventLog;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Role;
import io.quarkus.qute.TemplateInstance;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the context of a page, and answers with a page under a strict content security policy. */
@ApplicationScoped
public class Pages {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'self';"
                    + " frame-ancestors 'none'";

    private final DatabaseClock clock;
    private final CurrentCaller caller;
    private final EventLog events;
    private final UriInfo uri;
    private final String version;

    Pages(
            DatabaseClock clock,
            CurrentCaller caller,
            EventLog events,
            UriInfo uri,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown")
                    String version) {
        this.clock = clock;
        this.caller = caller;
        this.events = events;
        this.uri = uri;
        this.version = version;
    }

    /**
     * Makes the context of the page that the current request asks for.
     *
     * @param section the entry of the navigation that the page belongs to
     */
    public PageContext context(String section) {
        String base = uri.getBaseUri().getPath();
        return new PageContext(
                uri,
                base.endsWith("/") ? base.substring(0, base.length() - 1) : base,
                section,
                clock.now(),
                version,
                caller.isKnown() ? caller.name() : null,
                events.isOn(null),
                caller.scope(Role.EDITOR),
                caller.scope(Role.ADMIN));
    }

    /** Answers with a page, or a part of one. */
    public static Response answer(TemplateInstance page) {
        return answer(Response.Status.OK, page);
    }

    /** Answers with a page, or a part of one. */
    public static Response answer(Response.Status status, TemplateInstance page) {
        return Response.status(status)
                .entity(page)
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "same-origin")
                .header("Cache-Control", "no-store")
                .build();
    }
}
