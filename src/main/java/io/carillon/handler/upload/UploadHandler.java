package io.carillon.handler.upload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.database.DatabaseClock;
import io.carillon.files.FileRoots;
import io.carillon.files.RootFolder;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.handler.http.Call;
import io.carillon.handler.http.CallTarget;
import io.carillon.handler.http.HttpCalls;
import io.carillon.handler.http.HttpFailures;
import io.carillon.handler.http.LimitedCalls;
import io.carillon.handler.http.Transfer;
import io.carillon.handler.http.Upload;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sends a file once per attempt, with the length it had when it was opened. */
@ApplicationScoped
class UploadHandler implements JobHandler<UploadConfig> {
    private final FileRoots roots;
    private final HttpCalls calls;
    private final LimitedCalls limits;
    private final OutgoingGuard guard;
    private final DatabaseClock clock;

    UploadHandler(
            FileRoots roots,
            HttpCalls calls,
            LimitedCalls limits,
            OutgoingGuard guard,
            DatabaseClock clock) {
        this.roots = roots;
        this.calls = calls;
        this.limits = limits;
        this.guard = guard;
        this.clock = clock;
    }

    @Override
    public String type() {
        return "file_upload";
    }

    @Override
    public Class<UploadConfig> configType() {
        return UploadConfig.class;
    }

    @Override
    public Map<String, Where> placeholders() {
        return Map.of("url", Where.URL, "headers", Where.HEADER);
    }

    @Override
    public List<Violation> check(UploadConfig config) {
        var violations = new ArrayList<Violation>();
        roots.lack(config.root()).ifPresent(lack -> violations.add(new Violation("root", lack)));
        RootFolder.fault(config.path())
                .ifPresent(fault -> violations.add(new Violation("path", fault)));
        violations.addAll(Transfer.check(config.url(), headersOf(config)));
        return violations;
    }

    @Override
    public List<Violation> check(UploadConfig config, String namespace) {
        var violations = new ArrayList<>(check(config));
        violations.addAll(Transfer.refusals(guard, namespace, "url", config.url()));
        return violations;
    }

    private static Map<String, String> headersOf(UploadConfig config) {
        return config.headers() == null ? Map.of() : config.headers();
    }

    @Override
    public Outcome run(ExecutionContext<UploadConfig> context) throws InterruptedException {
        return limits.within(
                CallTarget.of(context.config().url()), context.timeout(), () -> upload(context));
    }

    private Outcome upload(ExecutionContext<UploadConfig> context) throws InterruptedException {
        var config = context.config();
        try (var folder = roots.open(config.root(), config.folder())) {
            var name = Path.of(config.name());
            if (!folder.attributes(name).isRegularFile()) {
                return unreadable(config, "is not a file");
            }
            try (var file = folder.read(name)) {
                return sent(context, new Upload(Channels.newInputStream(file), file.size()));
            }
        } catch (IOException failure) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return unreadable(config, "cannot be read: " + failure.getClass().getSimpleName());
        }
    }

    private static Outcome.Failure unreadable(UploadConfig config, String why) {
        return Outcome.failure(
                        "FILES_IO",
                        "%s of the root %s %s".formatted(config.path(), config.root(), why))
                .withoutEffect();
    }

    private Outcome sent(ExecutionContext<UploadConfig> context, Upload upload)
            throws InterruptedException {
        var config = context.config();
        var target = CallTarget.of(config.url());
        var headers = Transfer.headers(context, "application/octet-stream", headersOf(config));
        String method = config.method() == null ? "PUT" : config.method();
        try {
            var call = new Call(context.namespace(), target, method, headers, null);
            var answer = calls.send(call, upload);
            var result = JsonNodeFactory.instance.objectNode().put("bytes", upload.length());
            return Transfer.outcome(answer, result, clock.now());
        } catch (IOException failure) {
            return HttpFailures.of(failure, target);
        }
    }
}
