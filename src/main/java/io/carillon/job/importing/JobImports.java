package io.carillon.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.carillon.definition.JobDefinition;
import io.carillon.handler.JobHandlers;
import io.carillon.job.Job;
import io.carillon.job.JobCreation;
import io.carillon.json.Json;
import io.carillon.json.MergePatch;
import io.carillon.placeholder.Placeholders;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes jobs from other schedulers' definitions and a template. */
@ApplicationScoped
class JobImports {
    /** Placeholders such as {@code {{secret.name}}} are filled by attempts, and stay. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*([a-z]+)\\s*}}");

    private final JobCreation creation;
    private final JobHandlers handlers;
    private final Json json;

    JobImports(JobCreation creation, JobHandlers handlers, Json json) {
        this.creation = creation;
        this.handlers = handlers;
        this.json = json;
    }

    /** An entry while it is processed: either a draft or a problem. */
    private record Entry(
            ImportedJob imported,
            ObjectNode job,
            JobCreation.@Nullable Draft draft,
            @Nullable ProblemException problem) {}

    /**
     * @param dryRun store nothing, and say what the result of each entry would be
     */
    JobImport.Result run(Scope scope, List<ImportedJob> found, JobImport request, boolean dryRun) {
        var entries = found.stream().map(imported -> entry(scope, imported, request)).toList();
        var taken = taken(entries);
        var drafts = new TreeMap<Integer, JobCreation.Draft>();
        for (int index = 0; index < entries.size(); index++) {
            var draft = entries.get(index).draft;
            if (draft != null && taken.add(keyOf(draft))) {
                drafts.put(index, draft);
            }
        }
        Set<?> created = dryRun ? Set.of() : creation.createAll(drafts, false);
        var items = new ArrayList<JobImport.Item>();
        for (int index = 0; index < entries.size(); index++) {
            var entry = entries.get(index);
            var draft = entry.draft;
            boolean isGood =
                    draft != null
                            && drafts.containsKey(index)
                            && (dryRun || created.contains(draft.job().id()));
            items.add(isGood && draft != null ? item(entry, draft, dryRun) : failed(entry));
        }
        long good = items.stream().filter(item -> item.problem() == null).count();
        return new JobImport.Result(
                dryRun, dryRun ? 0 : (int) good, (int) (items.size() - good), items);
    }

    private Entry entry(Scope scope, ImportedJob imported, JobImport request) {
        var job = (ObjectNode) filled(request.templateOrEmpty(), imported.values());
        fillConfig(job, request.templateOrEmpty(), imported.values());
        if (imported.fields().has("type")) {
            // The entry itself says what it does.
            job.remove(List.of("type", "config"));
        }
        job = (ObjectNode) MergePatch.apply(job, imported.fields());
        if (request.namespace() != null) {
            job.put("namespace", request.namespace());
        }
        try {
            if (imported.refusal() != null) {
                throw new ProblemException(ProblemKind.INVALID_REQUEST, imported.refusal());
            }
            var draft = creation.draft(scope, json.read(job, JobDefinition.class, ""));
            return new Entry(imported, job, draft, null);
        } catch (ProblemException problem) {
            return new Entry(imported, job, null, problem);
        }
    }

    /**
     * In fields that attempts fill too, escapes the entry's texts, so that nothing in them is a
     * placeholder.
     */
    private void fillConfig(ObjectNode job, JsonNode template, Map<String, String> values) {
        if (!(job.get("config") instanceof ObjectNode config)) {
            return;
        }
        var literal = new TreeMap<>(values);
        literal.replaceAll((name, value) -> Placeholders.literal(value));
        for (String field : handlers.fieldsWithPlaceholders(template.path("type").asText())) {
            var ofTemplate = template.path("config").get(field);
            if (ofTemplate != null) {
                config.set(field, filled(ofTemplate, literal));
            }
        }
    }

    /**
     * Returns the template with {@code {{command}}} and the other placeholders replaced by the
     * entry's values.
     */
    private static JsonNode filled(JsonNode template, Map<String, String> values) {
        return switch (template) {
            case TextNode text ->
                    TextNode.valueOf(
                            PLACEHOLDER
                                    .matcher(text.textValue())
                                    .replaceAll(
                                            found ->
                                                    Matcher.quoteReplacement(
                                                            values.getOrDefault(
                                                                    found.group(1),
                                                                    found.group()))));
            case ArrayNode array -> {
                var copy = array.arrayNode();
                array.forEach(element -> copy.add(filled(element, values)));
                yield copy;
            }
            case ObjectNode object -> {
                var copy = object.objectNode();
                object.properties()
                        .forEach(
                                field ->
                                        copy.set(field.getKey(), filled(field.getValue(), values)));
                yield copy;
            }
            default -> template;
        };
    }

    private record Key(@Nullable String namespace, String name) {}

    private static Key keyOf(JobCreation.Draft draft) {
        return new Key(draft.job().definition().namespace(), draft.job().definition().name());
    }

    /** Returns the names that other jobs already have. */
    @Transactional
    Set<Object> taken(List<Entry> entries) {
        var names =
                entries.stream()
                        .map(Entry::draft)
                        .filter(Objects::nonNull)
                        .map(draft -> draft.job().definition().name())
                        .distinct()
                        .toList();
        var taken = new HashSet<Object>();
        if (!names.isEmpty()) {
            Job.<Job>list("name in ?1 and deletedAt is null", names)
                    .forEach(job -> taken.add(new Key(job.namespace, job.name)));
        }
        return taken;
    }

    private static JobImport.Item item(Entry entry, JobCreation.Draft draft, boolean dryRun) {
        var trigger = draft.trigger();
        return new JobImport.Item(
                entry.imported.place(),
                CronJobReader.nameOf(entry.job),
                dryRun ? 200 : 201,
                dryRun ? null : draft.job().id(),
                entry.job,
                trigger == null || trigger.isPaused() ? null : trigger.nextFireAt(),
                entry.imported.notes(),
                null);
    }

    private static JobImport.Item failed(Entry entry) {
        Problem problem;
        if (entry.problem != null) {
            problem = entry.problem.toProblem(null);
        } else {
            problem = JobCreation.nameTaken(Objects.requireNonNull(entry.draft)).toProblem(null);
        }
        return new JobImport.Item(
                entry.imported.place(),
                CronJobReader.nameOf(entry.job),
                problem.status(),
                null,
                entry.job,
                null,
                entry.imported.notes(),
                problem);
    }
}
