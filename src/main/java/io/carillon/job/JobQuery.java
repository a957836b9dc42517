package io.carillon.job;

import io.carillon.http.Parameters;
import io.carillon.security.Scope;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import io.quarkus.panache.common.Sort;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The filters of a job listing, as query parameters. */
@RegisterForReflection
public record JobQuery(
        @QueryParam("namespace") @Nullable String namespace,
        @QueryParam("type") @Nullable String type,
        @QueryParam("enabled") @Parameter(description = "true or false") @Nullable String enabled,
        @QueryParam("deleted")
                @Parameter(
                        description =
                                "true: list deleted jobs that can be restored, instead of the others")
                @Nullable String deleted,
        @QueryParam("label")
                @Parameter(description = "`key=value`; a job must have all that are given")
                @Nullable List<String> label,
        @QueryParam("q")
                @Parameter(description = "Part of the name or description; case is ignored")
                @Nullable String q,
        @QueryParam("host") @Parameter(description = "The host that its config's url names")
                @Nullable String host,
        @QueryParam("page") @Parameter(description = "From 1; default 1") @Nullable String page,
        @QueryParam("limit") @Parameter(description = "1 to 100; default 20")
                @Nullable String limit) {

    /** Returns the query for all jobs of a namespace. */
    public static JobQuery in(String namespace) {
        return new JobQuery(namespace, null, null, null, null, null, null, null, null);
    }

    public int pageNumber() {
        return Parameters.integer("page", page, 1, 1, 1_000_000);
    }

    public int pageSize() {
        return Parameters.integer("limit", limit, 20, 1, 100);
    }

    /** Returns the labels that a job must have. */
    public Map<String, String> labels() {
        return Parameters.labels("label", label);
    }

    /**
     * Returns the visible jobs that pass the filters, by namespace and name.
     *
     * @param restorableSince jobs deleted before this are not found
     * @param labels {@link #labels} as JSON; null if there are none
     */
    PanacheQuery<Job> find(Scope scope, Instant restorableSince, @Nullable String labels) {
        var conditions = new ArrayList<String>();
        Map<String, Object> values = new HashMap<>();
        if (Boolean.TRUE.equals(Parameters.bool("deleted", deleted))) {
            conditions.add("deletedAt >= :restorableSince");
            values.put("restorableSince", restorableSince);
        } else {
            conditions.add("deletedAt is null");
        }
        scope.listed(Parameters.text(namespace))
                .ifPresent(
                        namespaces -> {
                            conditions.add("namespace in :namespaces");
                            values.put("namespaces", namespaces);
                        });
        var ofType = Parameters.text(type);
        if (ofType != null) {
            conditions.add("type = :type");
            values.put("type", ofType);
        }
        var wanted = Parameters.bool("enabled", enabled);
        if (wanted != null) {
            conditions.add("enabled = :enabled");
            values.put("enabled", wanted);
        }
        if (q != null && !q.isEmpty()) {
            conditions.add("cast(sql('search_text') as String) like :q escape '!'");
            values.put("q", "%" + escaped(folded(q)) + "%");
        }
        var called = Parameters.text(host);
        if (called != null) {
            conditions.add("cast(sql('(config ->> ''url'') ~* ?', :url) as Boolean) = true");
            values.put("url", urlOf(called));
        }
        if (labels != null) {
            conditions.add("cast(sql('labels @> cast(? as jsonb)', :labels) as Boolean) = true");
            values.put("labels", labels);
        }
        return Job.find(
                String.join(" and ", conditions), Sort.by("namespace", "name", "id"), values);
    }

    /**
     * Folds the case of a text as the database does for the searched column, see
     * V16__job_search.sql.
     */
    static String folded(String text) {
        return text.codePoints()
                .map(point -> Character.toLowerCase(Character.toUpperCase(point)))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Returns the regular expression of PostgreSQL for URLs of a host. */
    private static String urlOf(String host) {
        return "^[a-z]+://([^/?#@]*@)?"
                + host.replaceAll("[^\\p{L}\\p{N}_-]", "\\\\$0")
                + "([:/?#]|$)";
    }

    private static String escaped(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }
}
