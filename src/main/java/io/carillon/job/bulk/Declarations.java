package io.carillon.job.bulk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.definition.JobDefinition;
import io.carillon.job.JobViews;
import io.carillon.json.Json;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads the jobs of a request, and groups them so that each comes after the one it follows. */
@ApplicationScoped
class Declarations {
    private final Json json;
    private final JobViews views;

    Declarations(Json json, JobViews views) {
        this.json = json;
        this.views = views;
    }

    /**
     * @return in groups, in the order in which they can be stored: no job of a group follows
     *     another of it
     * @throws ProblemException 400 with the violations of all jobs
     */
    List<List<Declared>> read(ApplyRequest request, String namespace) {
        var violations = new ArrayList<Violation>();
        var read = new LinkedHashMap<String, Declared>();
        for (int index = 0; index < request.jobs().size(); index++) {
            String prefix = "jobs[" + index + "].";
            try {
                var declared = read(request, namespace, index);
                if (read.putIfAbsent(declared.name(), declared) != null) {
                    violations.add(new Violation(prefix + "name", "occurs twice"));
                }
            } catch (ProblemException problem) {
                if (problem.kind() != ProblemKind.INVALID_REQUEST) {
                    throw problem.within(prefix);
                }
                violations.addAll(problem.within(prefix).violations());
            }
        }
        if (!violations.isEmpty()) {
            throw ProblemException.invalid(violations);
        }
        return grouped(read);
    }

    private Declared read(ApplyRequest request, String namespace, int index) {
        if (!(request.jobs().get(index) instanceof ObjectNode given)) {
            throw ProblemException.invalid("", "expected a job");
        }
        var job = given.deepCopy();
        if (job.hasNonNull("namespace") && !namespace.equals(job.get("namespace").asText())) {
            throw ProblemException.invalid(
                    "namespace", "all jobs of a request are in one namespace, here " + namespace);
        }
        job.put("namespace", namespace);
        if (!Declared.isOwned(job, request.owner())) {
            throw ProblemException.invalid(
                    "labels." + Declared.OWNER_LABEL, "is the owner, here " + request.owner());
        }
        boolean saysEnabled = job.hasNonNull("enabled");
        return new Declared(
                index, json.read(views.withoutReadOnly(job), JobDefinition.class, ""), saysEnabled);
    }

    private static List<List<Declared>> grouped(Map<String, Declared> jobs) {
        var depths = new HashMap<String, Integer>();
        jobs.values().forEach(each -> depths.put(each.name(), depth(each, jobs, depths)));
        var groups =
                jobs.values().stream()
                        .collect(
                                Collectors.groupingBy(
                                        each -> depths.getOrDefault(each.name(), 0),
                                        TreeMap::new,
                                        Collectors.toList()));
        return List.copyOf(groups.values());
    }

    /** Returns how many jobs of the request come before this one. */
    private static int depth(Declared job, Map<String, Declared> jobs, Map<String, Integer> known) {
        int depth = 0;
        for (var each = job; ; depth++) {
            String before = each.follows();
            var next = before == null ? null : jobs.get(before);
            if (next == null) {
                return depth;
            }
            var counted = known.get(next.name());
            if (counted != null) {
                return depth + 1 + counted;
            }
            if (depth > jobs.size()) {
                throw ProblemException.invalid(
                        job.prefix() + "after.job", "these jobs run after each other in a circle");
            }
            each = next;
        }
    }
}
