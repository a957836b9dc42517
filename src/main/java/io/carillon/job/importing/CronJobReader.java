package io.carillon.job.importing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.json.YamlDocuments;
import io.carillon.json.YamlValue;
import io.carillon.json.YamlValue.Unexpected;
import io.carillon.problem.ProblemException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads Kubernetes CronJob manifests: one or several YAML documents, lists included. A CronJob's
 * schedule and policies become the job's, with the meaning they have in Kubernetes. Its container
 * is available to the template. All other fields are named in the notes.
 */
final class CronJobReader {
    /** More than any import may have, so that reading nested lists of aliases ends. */
    private static final int MAX_JOBS = 10_001;

    private static final YamlValue ABSENT = new YamlValue("", null);
    private static final int LONGEST_LABEL_KEY = 63;
    private static final int MAX_NAMED = 20;
    private static final Pattern PLAIN_WORD = Pattern.compile("[A-Za-z0-9_@%+=:,./{}-]+");

    /**
     * Fields that the API server writes, or that concern only the container, which the template
     * replaces.
     */
    private static final Set<String> OF_METADATA =
            Set.of(
                    "name",
                    "namespace",
                    "labels",
                    "uid",
                    "resourceVersion",
                    "generation",
                    "creationTimestamp",
                    "managedFields",
                    "selfLink");

    private static final Set<String> OF_POD =
            Set.of(
                    "containers",
                    "restartPolicy",
                    "terminationGracePeriodSeconds",
                    "dnsPolicy",
                    "schedulerName",
                    "securityContext",
                    "imagePullSecrets");
    private static final Set<String> OF_CONTAINER =
            Set.of(
                    "name",
                    "image",
                    "command",
                    "args",
                    "imagePullPolicy",
                    "terminationMessagePath",
                    "terminationMessagePolicy",
                    "resources",
                    "securityContext");

    private final @Nullable String timeZone;
    private final List<ImportedJob> jobs = new ArrayList<>();

    private CronJobReader(@Nullable String timeZone) {
        this.timeZone = timeZone;
    }

    /**
     * @param timeZone the zone of manifests that name none; null for UTC
     * @throws ProblemException 400 naming the line when it is not YAML
     */
    static List<ImportedJob> read(String text, @Nullable String timeZone) {
        var reader = new CronJobReader(timeZone);
        int number = 0;
        for (var document : YamlDocuments.asKubernetes(text, "kubernetes")) {
            String place = "document " + ++number;
            if (document.refusal() != null) {
                reader.jobs.add(refused(place, ABSENT, document.refusal()));
            } else if (!document.root().isAbsent()) {
                reader.document(place, document.root(), "");
            }
        }
        return reader.jobs;
    }

    private void document(String place, YamlValue document, String kindOfItems) {
        if (jobs.size() >= MAX_JOBS) {
            return;
        }
        try {
            String kind = document.get("kind").text();
            kind = kind == null ? kindOfItems : kind;
            if (kind.equals("List") || kind.equals("CronJobList")) {
                String of = kind.equals("List") ? "" : "CronJob";
                int index = 0;
                for (var item : document.get("items").items()) {
                    document(place + ", item " + ++index, item, of);
                }
            } else if (kind.equals("CronJob") && isBatch(document.get("apiVersion").text())) {
                jobs.add(job(place, document));
            } else {
                jobs.add(refused(place, document, "this is not a CronJob"));
            }
        } catch (Unexpected unexpected) {
            jobs.add(refused(place, document, String.valueOf(unexpected.getMessage())));
        }
    }

    private static boolean isBatch(@Nullable String apiVersion) {
        return apiVersion == null || apiVersion.startsWith("batch/");
    }

    private ImportedJob job(String place, YamlValue document) {
        var spec = document.get("spec");
        var written = spec.get("schedule");
        String text = written.text();
        if (text == null) {
            return refused(place, document, "spec.schedule is missing");
        }
        var fields = named(document);
        var notes = new ArrayList<String>();
        try {
            schedule(fields, KubernetesCron.of(text), spec.get("timeZone").text(), notes);
        } catch (IllegalArgumentException unknown) {
            throw new Unexpected(
                    Objects.requireNonNull(written.node()),
                    "spec.schedule: " + unknown.getMessage());
        }
        if (Boolean.TRUE.equals(spec.get("suspend").bool())) {
            fields.put("enabled", false);
        }
        policies(fields, spec, notes);
        labels(document.get("metadata").get("labels"), fields, notes);
        var pod = spec.get("jobTemplate").get("spec").get("template").get("spec");
        var containers = pod.get("containers").items();
        var values = values(containers.isEmpty() ? ABSENT : containers.getFirst());
        if (containers.size() > 1) {
            notes.add("of " + containers.size() + " containers only the first is available");
        }
        if (values.getOrDefault("command", "").contains("$(")) {
            notes.add("$(…) in the command is not replaced by a variable");
        }
        notCarriedOver(document, notes);
        return new ImportedJob(place, fields, values, notes, null);
    }

    private void schedule(
            ObjectNode fields, KubernetesCron cron, @Nullable String field, List<String> notes) {
        if (cron.timeZone() != null && field != null) {
            throw new IllegalArgumentException("TZ in the schedule does not go with timeZone");
        }
        String zone = field != null ? field : cron.timeZone() != null ? cron.timeZone() : timeZone;
        var schedule = fields.putObject("schedule").put("cron", cron.cron());
        notes.addAll(cron.notes());
        if (zone != null) {
            schedule.put("timeZone", zone);
            if (hasChanges(zone) && !cron.isInterval()) {
                // Kubernetes skips a local time that does not exist, and runs twice at one that
                // exists twice.
                schedule.putObject("dst").put("gap", "SKIP").put("overlap", "BOTH");
            }
        } else if (!cron.isInterval()) {
            notes.add(
                    "without timeZone Kubernetes takes the zone of its controllers, here it is UTC");
        }
    }

    private static boolean hasChanges(String zone) {
        try {
            return !ZoneId.of(zone).getRules().isFixedOffset();
        } catch (DateTimeException unknown) {
            // A bad name is refused when the job is created.
            return false;
        }
    }

    private static void policies(ObjectNode fields, YamlValue spec, List<String> notes) {
        var deadline = spec.get("startingDeadlineSeconds").integer();
        if (deadline != null) {
            fields.put("catchUpWindow", deadline + "s");
        } else {
            notes.add(
                    "without startingDeadlineSeconds Kubernetes makes up for a missed run however"
                            + " late, here catchUpWindow says how late");
        }
        var policy = spec.get("concurrencyPolicy");
        fields.put("overlap", overlap(policy, notes));
        var run = spec.get("jobTemplate").get("spec");
        var active = run.get("activeDeadlineSeconds").integer();
        if (active != null) {
            fields.put("timeout", active + "s");
            notes.add(
                    "activeDeadlineSeconds holds for all attempts together, timeout here for each");
        }
        var retries = run.get("backoffLimit").integer();
        if (retries != null) {
            fields.putObject("retry").put("maxAttempts", retries + 1);
        } else {
            notes.add(
                    "without backoffLimit there are 6 retries there; here what the template says");
        }
    }

    private static String overlap(YamlValue policy, List<String> notes) {
        String name = policy.text();
        return switch (name == null || name.isEmpty() ? "Allow" : name) {
            case "Allow" -> "ALLOW";
            case "Replace" -> "CANCEL_RUNNING";
            case "Forbid" -> {
                notes.add(
                        "Forbid may start a run late, when the one before has ended; overlap SKIP"
                                + " never does");
                yield "SKIP";
            }
            default -> throw policy.unexpected("Allow, Forbid or Replace");
        };
    }

    private static void labels(YamlValue labels, ObjectNode fields, List<String> notes) {
        var kept = JsonNodeFactory.instance.objectNode();
        labels.fields()
                .forEach(
                        (key, value) -> {
                            if (key.length() > LONGEST_LABEL_KEY) {
                                notes.add("the label " + key + " is too long to be carried over");
                            } else if (!value.isAbsent()) {
                                kept.put(key, value.text());
                            }
                        });
        if (!kept.isEmpty()) {
            fields.set("labels", kept);
        }
    }

    private static Map<String, String> values(YamlValue container) {
        var words = new ArrayList<String>();
        for (String field : List.of("command", "args")) {
            for (var word : container.get(field).items()) {
                String text = word.text();
                words.add(quoted(text == null ? "" : text));
            }
        }
        var image = container.get("image").text();
        var values = new HashMap<String, String>();
        values.put("command", String.join(" ", words));
        values.put("image", image == null ? "" : image);
        return values;
    }

    /** Quotes the word so that a shell reads it as one word, as the container does. */
    private static String quoted(String word) {
        return PLAIN_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static void notCarriedOver(YamlValue document, List<String> notes) {
        var names = new ArrayList<String>();
        add(names, document, Set.of("apiVersion", "kind", "metadata", "spec", "status"));
        add(names, document.get("metadata"), OF_METADATA);
        var spec = document.get("spec");
        add(
                names,
                spec,
                Set.of(
                        "schedule",
                        "timeZone",
                        "suspend",
                        "startingDeadlineSeconds",
                        "concurrencyPolicy",
                        "jobTemplate"));
        var job = spec.get("jobTemplate");
        add(names, job, Set.of("spec", "metadata"));
        var run = job.get("spec");
        add(names, run, Set.of("activeDeadlineSeconds", "backoffLimit", "template"));
        var pod = run.get("template");
        add(names, pod, Set.of("spec", "metadata"));
        add(names, pod.get("spec"), OF_POD);
        pod.get("spec").get("containers").items().stream()
                .limit(1)
                .forEach(container -> add(names, container, OF_CONTAINER));
        if (!names.isEmpty()) {
            int more = names.size() - MAX_NAMED;
            notes.add(
                    "not carried over: "
                            + names.stream().limit(MAX_NAMED).collect(Collectors.joining(", "))
                            + (more > 0 ? " and " + more + " more" : ""));
        }
    }

    private static void add(List<String> names, YamlValue of, Set<String> known) {
        of.fields()
                .forEach(
                        (name, value) -> {
                            if (!known.contains(name) && !value.isAbsent()) {
                                names.add(value.path());
                            }
                        });
    }

    private static ObjectNode named(YamlValue document) {
        var fields = JsonNodeFactory.instance.objectNode();
        var metadata = document.get("metadata");
        for (String field : List.of("name", "namespace")) {
            String text = metadata.get(field).text();
            if (text != null) {
                fields.put(field, text);
            }
        }
        return fields;
    }

    private static ImportedJob refused(String place, YamlValue document, String reason) {
        ObjectNode fields;
        try {
            fields = named(document);
        } catch (Unexpected unnamed) {
            fields = JsonNodeFactory.instance.objectNode();
        }
        return new ImportedJob(place, fields, Map.of(), List.of(), reason);
    }

    /** Returns the name among the fields, or null. */
    static @Nullable String nameOf(ObjectNode fields) {
        return fields.path("name").textValue();
    }
}
