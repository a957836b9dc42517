package io.carillon.job.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.definition.AfterJob;
import io.carillon.definition.JobDefinition;
import io.carillon.job.JobListing;
import io.carillon.job.JobMapping;
import io.carillon.job.JobQuery;
import io.carillon.job.JobSummaries;
import io.carillon.json.Json;
import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes jobs as {@link JobApply} reads them, without fields that have their defaults. */
@ApplicationScoped
class JobExport {
    private final JobListing listing;
    private final JobMapping stored;
    private final JobSummaries summaries;
    private final Json json;

    JobExport(JobListing listing, JobMapping stored, JobSummaries summaries, Json json) {
        this.listing = listing;
        this.stored = stored;
        this.summaries = summaries;
        this.json = json;
    }

    /**
     * @param owner only jobs of this owner; null for all jobs of the namespace
     * @throws ProblemException 400 if there are more than fit into one request
     */
    @Transactional
    ObjectNode run(Scope scope, String namespace, @Nullable String owner) {
        var ofOwner = owner == null ? null : Map.of(Declared.OWNER_LABEL, owner);
        var jobs =
                listing
                        .matching(scope, JobQuery.in(namespace), ofOwner, ApplyRequest.MAX_JOBS + 1)
                        .stream()
                        .map(job -> stored.current(job).definition().shown())
                        .toList();
        if (jobs.size() > ApplyRequest.MAX_JOBS) {
            throw ProblemException.invalid(
                    owner == null ? "owner" : "namespace",
                    "more than " + ApplyRequest.MAX_JOBS + " jobs: name an owner of fewer");
        }
        var names = namesOf(scope, jobs);
        var export = json.tree(Map.of()).<ObjectNode>deepCopy();
        export.put("namespace", namespace);
        export.put("owner", owner == null ? namespace : owner);
        var array = export.putArray("jobs");
        jobs.forEach(job -> array.add(shortened(job, names)));
        return export;
    }

    private Map<UUID, String> namesOf(Scope scope, List<JobDefinition> jobs) {
        return summaries.names(
                scope,
                jobs.stream()
                        .map(job -> AfterJob.jobId(job.after()))
                        .filter(Objects::nonNull)
                        .toList());
    }

    private ObjectNode shortened(JobDefinition job, Map<UUID, String> names) {
        var after = job.after();
        String before = after == null ? null : names.get(after.jobId());
        var portable =
                after == null || before == null
                        ? job
                        : job.withAfter(new AfterJob(null, before, after.on()));
        ObjectNode written = json.tree(portable).deepCopy();
        written.remove("namespace");
        if (written.get("labels") instanceof ObjectNode labels) {
            labels.remove(Declared.OWNER_LABEL);
        }
        JsonNode least = json.tree(JobDefinition.least(job.name(), job.type()).orDefaults());
        for (var field : least.properties()) {
            String name = field.getKey();
            boolean isRequired = name.equals("name") || name.equals("type");
            if (!isRequired && field.getValue().equals(written.get(name))) {
                written.remove(name);
            }
        }
        return written;
    }
}
