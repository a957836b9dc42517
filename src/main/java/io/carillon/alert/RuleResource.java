package io.carillon.alert;

import io.carillon.handler.JobHandlers;
import io.carillon.http.EntityTags;
import io.carillon.http.Parameters;
import io.carillon.http.ReadOnlyFieldsOf;
import io.carillon.problem.Problem;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves {@code /api/v1/rules}: whom to tell when jobs fail. */
@Path("/api/v1/rules")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Rules")
@RegisterForReflection
class RuleResource {
    private static final String BODY = "expected a JSON object";

    private final RuleStore rules;
    private final Messenger messenger;
    private final Messages messages;
    private final JobHandlers handlers;
    private final CurrentCaller caller;

    RuleResource(
            RuleStore rules,
            Messenger messenger,
            Messages messages,
            JobHandlers handlers,
            CurrentCaller caller) {
        this.rules = rules;
        this.messenger = messenger;
        this.messages = messages;
        this.handlers = handlers;
        this.caller = caller;
    }

    @GET
    @Needs(Role.VIEWER)
    @Operation(operationId = "listRules", summary = "List rules by namespace and name")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = RuleView.Page.class)))
    public RuleView.Page list(
            @QueryParam("namespace") @Nullable String namespace,
            @QueryParam("page") @Nullable String page,
            @QueryParam("limit") @Nullable String limit) {
        return rules.page(
                caller.scope(),
                Parameters.text(namespace),
                Parameters.integer("page", page, 1, 1, 1_000_000),
                Parameters.integer("limit", limit, 20, 1, 100));
    }

    @POST
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "createRule",
            summary =
                    "Make a rule: whom to tell when jobs fail or do not run, and when they run well again")
    @APIResponse(
            responseCode = "201",
            description = "Made; in force on every replica within a second",
            content = @Content(schema = @Schema(implementation = RuleView.class)))
    @APIResponse(responseCode = "409", description = "The name is taken")
    public Response create(@NotNull(message = BODY) @Valid RuleDefinition definition) {
        String namespace = caller.scope().namespace(Parameters.text(definition.namespace()));
        requireTarget(definition, namespace);
        var rule = rules.create(namespace, definition);
        return Response.created(URI.create("/api/v1/rules/" + rule.id()))
                .tag(EntityTags.of(rule.version()))
                .entity(rule.shown())
                .build();
    }

    @GET
    @Path("/{id}")
    @Needs(Role.VIEWER)
    @Operation(operationId = "getRule", summary = "Get a rule")
    @APIResponse(
            responseCode = "200",
            description = "The rule; ETag is its version",
            content = @Content(schema = @Schema(implementation = RuleView.class)))
    public Response get(@PathParam("id") UUID id) {
        return answer(find(id));
    }

    @PUT
    @Path("/{id}")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "replaceRule",
            summary = "Replace a rule; If-Match guards against lost updates")
    @APIResponse(
            responseCode = "200",
            description = "The changed rule",
            content = @Content(schema = @Schema(implementation = RuleView.class)))
    @APIResponse(responseCode = "409", description = "The name is taken")
    @APIResponse(responseCode = "412", description = "The rule has another version than If-Match")
    public Response replace(
            @PathParam("id") UUID id,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @NotNull(message = BODY) @Valid @ReadOnlyFieldsOf(RuleView.class)
                    RuleDefinition definition) {
        var stored = find(id);
        requireTarget(definition.keeping(stored.webhook()), stored.namespace());
        return answer(rules.replace(caller.scope(), id, EntityTags.version(ifMatch), definition));
    }

    @DELETE
    @Path("/{id}")
    @Needs(Role.EDITOR)
    @Operation(
            operationId = "deleteRule",
            summary = "Delete a rule, and its news that were not sent yet")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "412", description = "The rule has another version than If-Match")
    public void delete(
            @PathParam("id") UUID id, @HeaderParam("If-Match") @Nullable String ifMatch) {
        rules.delete(caller.scope(), id, EntityTags.version(ifMatch));
    }

    @POST
    @Path("/{id}/test")
    @Needs(Role.EDITOR)
    @Operation(operationId = "testRule", summary = "Send a test message, to see whether it arrives")
    @APIResponse(
            responseCode = "202",
            description = "Location is the message, as an execution",
            content = @Content(schema = @Schema(implementation = RuleView.Test.class)))
    public Response test(@PathParam("id") UUID id) {
        var rule = find(id);
        caller.scope().check(rule.namespace(), ProblemException.notFound("rule", id));
        var executionId = messenger.test(rule);
        return Response.accepted(new RuleView.Test(executionId))
                .location(URI.create("/api/v1/executions/" + executionId))
                .build();
    }

    private RuleView find(UUID id) {
        return rules.find(caller.scope(), id)
                .orElseThrow(() -> ProblemException.notFound("rule", id));
    }

    private static Response answer(RuleView rule) {
        return Response.ok(rule.shown()).tag(EntityTags.of(rule.version())).build();
    }

    /** Refuses a target that no job could send to. */
    private void requireTarget(RuleDefinition definition, String namespace) {
        if (!definition.tellsAnything()) {
            throw ProblemException.invalid(
                    "failuresInARow",
                    "0, and nothing else that it asks for: it would report nothing");
        }
        if (definition.queue() != null && !definition.queue().violations().isEmpty()) {
            throw ProblemException.invalid(definition.queue().violations());
        }
        if (definition.lostWorkers() == LostWorkers.ALL && !caller.scope().isEverywhere()) {
            throw ProblemException.invalid(
                    "lostWorkers", "ALL is for those who may change rules in all namespaces");
        }
        var webhook = definition.webhook();
        var mail = definition.mail();
        long channels =
                Stream.of(webhook, mail, definition.runJobId()).filter(Objects::nonNull).count();
        if (channels != 1) {
            throw ProblemException.invalid(
                    "webhook", "expected exactly one of webhook, mail and runJobId");
        }
        if (webhook != null) {
            var violations = webhook.violations();
            if (!violations.isEmpty()) {
                throw ProblemException.invalid(violations);
            }
            require("webhook", messages.sample(webhook), namespace);
        }
        if (mail != null) {
            require("mail", messages.mailed(mail, "subject", "text"), namespace);
        }
    }

    private void require(String field, Messages.Message message, String namespace) {
        try {
            handlers.validate(message.type(), message.config(), namespace);
        } catch (ProblemException refused) {
            throw ProblemException.invalid(
                    refused.violations().stream()
                            .map(
                                    each ->
                                            new Violation(
                                                    each.field()
                                                            .replaceFirst(
                                                                    "^config\\.?", field + ".")
                                                            .replaceFirst("\\.$", ""),
                                                    each.message()))
                            .toList());
        }
    }
}
