package io.carillon.handler.backup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.DatabaseClock;
import io.carillon.datasource.Datasources;
import io.carillon.files.FileRoots;
import io.carillon.files.RootFolder;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.handler.http.Transfer;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.placeholder.Placeholders;
import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes one backup per attempt, then deletes those that are no longer to be kept. */
@ApplicationScoped
class BackupHandler implements JobHandler<BackupConfig> {
    /** Or twice the timeout, if that is longer. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final FileRoots roots;
    private final Datasources datasources;
    private final Programs programs;
    private final OutgoingGuard guard;
    private final DatabaseClock clock;

    BackupHandler(
            FileRoots roots,
            Datasources datasources,
            Programs programs,
            OutgoingGuard guard,
            DatabaseClock clock) {
        this.roots = roots;
        this.datasources = datasources;
        this.programs = programs;
        this.guard = guard;
        this.clock = clock;
    }

    @Override
    public String type() {
        return "backup_task";
    }

    @Override
    public Class<BackupConfig> configType() {
        return BackupConfig.class;
    }

    @Override
    public Map<String, Where> placeholders() {
        return Map.of("encryptionKey", Where.TEXT, "s3", Where.TEXT);
    }

    @Override
    public List<Violation> check(BackupConfig config, String namespace) {
        var violations = new ArrayList<>(check(config));
        if (config.datasource() != null) {
            datasources
                    .lack(config.datasource(), namespace)
                    .or(programs::lack)
                    .ifPresent(lack -> violations.add(new Violation("datasource", lack)));
        }
        if (config.s3() != null) {
            violations.addAll(
                    Transfer.refusals(
                            guard,
                            namespace,
                            BucketConfig.ENDPOINT,
                            config.s3().endpointOrDefault()));
        }
        return violations;
    }

    @Override
    public List<Violation> check(BackupConfig config) {
        var violations = new ArrayList<Violation>();
        if ((config.datasource() == null) == (config.root() == null)) {
            violations.add(new Violation("datasource", "expected this or root, and not both"));
        }
        if (config.datasource() == null && config.format() != null) {
            violations.add(
                    new Violation("format", "is that of a dump, and there is no datasource"));
        }
        checkDestination(config, violations);
        checkFolder(config, violations);
        config.compressed()
                .lack()
                .ifPresent(lack -> violations.add(new Violation("compression", lack)));
        if (config.encryptionKey() != null
                && !config.encryptionKey().equals(Placeholders.SAMPLE_SECRET)) {
            violations.add(
                    new Violation(
                            "encryptionKey", "expected one secret, such as {{secret.backup-key}}"));
        }
        return violations;
    }

    private void checkDestination(BackupConfig config, List<Violation> violations) {
        if ((config.to() == null) == (config.s3() == null)) {
            violations.add(new Violation("to", "expected this or s3, and not both"));
        }
        if (config.to() != null) {
            roots.lack(config.to()).ifPresent(lack -> violations.add(new Violation("to", lack)));
        }
        if (config.s3() != null) {
            if (config.toFolder() != null) {
                violations.add(new Violation("toFolder", "is that of to; s3 has a prefix"));
            }
            violations.addAll(config.s3().violations());
        }
        RootFolder.fault(config.toFolderOrRoot())
                .ifPresent(fault -> violations.add(new Violation("toFolder", fault)));
    }

    private void checkFolder(BackupConfig config, List<Violation> violations) {
        if (config.root() == null) {
            if (config.folder() != null) {
                violations.add(new Violation("folder", "is under a root, and there is no root"));
            }
            return;
        }
        roots.lack(config.root()).ifPresent(lack -> violations.add(new Violation("root", lack)));
        RootFolder.fault(config.folderOrRoot())
                .ifPresent(fault -> violations.add(new Violation("folder", fault)));
        if (violations.isEmpty()
                && config.to() != null
                && roots.isWithin(
                        config.to(),
                        config.toFolderOrRoot(),
                        config.root(),
                        config.folderOrRoot())) {
            violations.add(
                    new Violation(
                            "toFolder", "is within what is backed up, which would then grow"));
        }
    }

    @Override
    public Outcome run(ExecutionContext<BackupConfig> context) throws InterruptedException {
        long began = System.nanoTime();
        try (var destination = destination(context)) {
            var pipeline = pipeline(context);
            var written = destination.write(pipeline, clock.now(), context.epoch());
            var result = JsonNodeFactory.instance.objectNode();
            destination.describe(written.file(), result);
            result.put("bytes", written.bytes());
            result.put("sha256", written.sha256());
            pipeline.source().describe(result);
            result.put("durationMillis", Duration.ofNanos(System.nanoTime() - began).toMillis());
            return pruned(context, destination, written.file(), result);
        } catch (BackupException failure) {
            return failure.outcome();
        } catch (BucketException failure) {
            return failure.outcome().withoutEffect();
        } catch (IOException failure) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Outcome.failure("FILES_IO", "the backup could not be written: " + text(failure))
                    .withoutEffect();
        }
    }

    private Destination destination(ExecutionContext<BackupConfig> context) throws IOException {
        var config = context.config();
        var owner = Objects.requireNonNullElse(context.jobId(), context.executionId());
        var names = new BackupNames(config.nameOrDefault(), owner);
        if (config.s3() != null) {
            return new BucketDestination(config.s3(), guard, context.namespace(), names);
        }
        String folder = config.toFolderOrRoot();
        return new FolderDestination(
                roots.open(Objects.requireNonNull(config.to()), folder), folder, names);
    }

    private Pipeline pipeline(ExecutionContext<BackupConfig> context) throws BackupException {
        var config = context.config();
        return new Pipeline(source(config, context.namespace()), config.compressed(), key(config));
    }

    private Source source(BackupConfig config, String namespace) throws BackupException {
        if (config.datasource() == null) {
            return new FolderSource(
                    roots, Objects.requireNonNull(config.root()), config.folderOrRoot());
        }
        var lack = datasources.lack(config.datasource(), namespace);
        if (lack.isPresent()) {
            throw new BackupException(Outcome.failure("INVALID_JOB", lack.get()).notRetryable());
        }
        return new DumpSource(datasources, programs, config.datasource(), config.asSql());
    }

    private static @Nullable AgeKey key(BackupConfig config) throws BackupException {
        if (config.encryptionKey() == null) {
            return null;
        }
        try {
            return AgeKey.of(config.encryptionKey());
        } catch (IllegalArgumentException noKey) {
            throw new BackupException(
                    Outcome.failure(
                                    "BACKUP_KEY",
                                    "the secret of encryptionKey is not a key of age, AGE-SECRET-KEY-1…")
                            .notRetryable());
        }
    }

    /** The backup is made: another attempt would only make one more. */
    private Outcome pruned(
            ExecutionContext<BackupConfig> context,
            Destination destination,
            String latest,
            ObjectNode result)
            throws InterruptedException {
        int keep = Objects.requireNonNullElse(context.config().keep(), Integer.MAX_VALUE);
        var deleted = result.putArray("deleted");
        try {
            destination.prune(latest, keep, abandonedBefore(context)).forEach(deleted::add);
            return new Outcome.Success(result);
        } catch (IOException | RuntimeException failure) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            String code =
                    switch (failure) {
                        case BucketException refused -> refused.outcome().code();
                        case IOException _ -> "FILES_IO";
                        default -> "HANDLER_ERROR";
                    };
            return Outcome.failure(
                            code,
                            "the backup is made, but older ones could not be deleted: "
                                    + text(failure))
                    .notRetryable()
                    .withResult(result);
        }
    }

    /**
     * Another execution of the job may be at work for as long as the timeout; a store may tell of
     * what is sent in parts when that was begun.
     */
    private Instant abandonedBefore(ExecutionContext<BackupConfig> context) {
        var longest = context.timeout().multipliedBy(2);
        return clock.now().minus(longest.compareTo(ABANDONED) > 0 ? longest : ABANDONED);
    }

    /** A missing file's message is its name alone. */
    private static String text(Exception failure) {
        return failure instanceof BucketException refused
                ? refused.outcome().message()
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }
}
