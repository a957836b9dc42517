package io.carillon.handler.http;

import io.carillon.placeholder.Placeholders;
import io.carillon.problem.Problem.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How calls show the target who they are from; exactly one of the three. */
@RegisterForReflection
@Schema(
        name = "HttpAuthentication",
        description = "Exactly one of basic, bearer and oidc",
        examples =
                "{\"oidc\": {\"tokenUrl\": \"https://login.example.com/oauth2/token\", \"clientId\": \"carillon\", \"clientSecret\": \"{{secret.shop-client}}\"}}")
record HttpAuthentication(
        @Valid @Schema(description = "A user's name and password (RFC 7617)") @Nullable Basic basic,
        @Size(min = 1, max = 8192)
                @Schema(
                        description = "A token, as the placeholder of a secret only",
                        examples = "{{secret.shop-token}}")
                @Nullable String bearer,
        @Valid
                @Schema(
                        description =
                                "A token that is asked for with client credentials, and kept until shortly before it expires (RFC 6749 §4.4)")
                @Nullable ClientCredentials oidc) {
    static final String TOKEN_URL = "auth.oidc.tokenUrl";

    @RegisterForReflection
    @Schema(
            name = "HttpBasic",
            examples = "{\"user\": \"carillon\", \"password\": \"{{secret.shop-password}}\"}")
    record Basic(
            @NotBlank
                    @Size(max = 255)
                    @Pattern(
                            regexp = "[^:\\x00-\\x1f\\x7f]*",
                            message = "has a colon or a line break")
                    @Schema(description = "Without a colon", examples = "carillon")
                    String user,
            @NotBlank
                    @Size(max = 8192)
                    @Schema(
                            description = "The placeholder of a secret",
                            examples = "{{secret.shop-password}}")
                    String password) {}

    @RegisterForReflection
    @Schema(
            name = "HttpClientCredentials",
            examples =
                    "{\"tokenUrl\": \"https://login.example.com/oauth2/token\", \"clientId\": \"carillon\", \"clientSecret\": \"{{secret.shop-client}}\", \"scope\": \"reports.write\"}")
    record ClientCredentials(
            @NotBlank
                    @Size(max = 8192)
                    @Schema(
                            description = "The token endpoint of the provider",
                            examples = "https://login.example.com/oauth2/token")
                    String tokenUrl,
            @NotBlank
                    @Size(max = 1000)
                    @Schema(
                            description = "By which the provider knows Carillon",
                            examples = "carillon")
                    String clientId,
            @NotBlank
                    @Size(max = 8192)
                    @Schema(
                            description = "The placeholder of a secret",
                            examples = "{{secret.shop-client}}")
                    String clientSecret,
            @Size(min = 1, max = 2000)
                    @Schema(
                            description = "Separated by spaces; absent: what the provider grants",
                            examples = "reports.write")
                    @Nullable String scope,
            @Size(min = 1, max = 2000)
                    @Schema(
                            description = "For whom the token is, where the provider asks for it",
                            examples = "https://shop.example.com")
                    @Nullable String audience,
            @Schema(
                            description = "Where the provider expects the client's secret",
                            defaultValue = "CLIENT_SECRET_BASIC",
                            examples = "CLIENT_SECRET_POST")
                    @Nullable ClientSecretIn clientAuthentication) {}

    /** The names of OpenID Connect Core 1.0 §9. */
    @Schema(name = "ClientSecretIn", examples = "CLIENT_SECRET_BASIC")
    enum ClientSecretIn {
        /** In the header {@code Authorization}. */
        CLIENT_SECRET_BASIC,
        /** In the form that is posted. */
        CLIENT_SECRET_POST
    }

    /**
     * Returns what is wrong with it when it is saved.
     *
     * @param headers of the config
     */
    List<Violation> violations(Iterable<String> headers) {
        var violations = new ArrayList<Violation>();
        if (Stream.of(basic, bearer, oidc).filter(Objects::nonNull).count() != 1) {
            violations.add(new Violation("auth", "expected one of basic, bearer and oidc"));
        }
        for (String name : headers) {
            if (name.equalsIgnoreCase("Authorization")) {
                violations.add(
                        new Violation("auth", "sets Authorization, which is in headers already"));
            }
        }
        if (basic != null) {
            checkSecret("auth.basic.password", basic.password, violations);
        }
        if (bearer != null) {
            checkSecret("auth.bearer", bearer, violations);
        }
        if (oidc != null) {
            if (!CallTarget.isOne(oidc.tokenUrl)) {
                violations.add(new Violation(TOKEN_URL, "expected an absolute http or https URL"));
            }
            checkSecret("auth.oidc.clientSecret", oidc.clientSecret, violations);
        }
        return violations;
    }

    /** In clear it would be stored with the job, and be read back with it. */
    static void checkSecret(String field, String value, List<Violation> violations) {
        if (!value.equals(Placeholders.SAMPLE_SECRET)) {
            violations.add(new Violation(field, "expected one secret, such as {{secret.shop}}"));
        }
    }
}
