package io.carillon;

import io.carillon.outgoing.limit.HostLimit;
import io.carillon.security.TokenGrant;
import java.nio.file.Path;
import java.util.List;

/** The settings whose keys end in a name. */
final class Families {
    /** Paths are absolute, so that they do not depend on where the process was started. */
    static final Setting.Family FOLDERS =
            new Setting.Family(
                    "carillon.files.roots",
                    "an absolute path",
                    false,
                    false,
                    value -> Path.of(value).isAbsolute());

    static final Setting.Family DATASOURCES =
            new Setting.Family(
                    "carillon.datasources.urls",
                    "a JDBC URL such as jdbc:postgresql://db.example.com/shop?user=reader&password=…",
                    false,
                    true,
                    value -> value.startsWith("jdbc:postgresql://"));

    static final Setting.Family DATASOURCE_NAMESPACES =
            new Setting.Family(
                    "carillon.datasources.namespaces",
                    "namespaces, by commas",
                    false,
                    false,
                    value -> !value.isBlank());

    static final Setting.Family GRANTS =
            new Setting.Family(
                    "carillon.oidc.grants",
                    "claim=value ROLE namespaces, such as groups=operators ADMIN *",
                    false,
                    false,
                    TokenGrant::isOne);

    static final Setting.Family HOSTS_OF_NAMESPACES =
            Setting.Family.byNamespace(new Setting.Names("carillon.outgoing.allowed-hosts-of"));

    static final Setting.Family NETWORKS_OF_NAMESPACES =
            Setting.Family.byNamespace(
                    new Setting.Networks("carillon.outgoing.allowed-networks-of"));

    static final Setting.Family HOST_LIMITS =
            new Setting.Family(
                    "carillon.outgoing.limits", HostLimit.FORM, false, false, HostLimit::isOne);

    static final List<Setting.Family> ALL =
            List.of(
                    FOLDERS,
                    DATASOURCES,
                    DATASOURCE_NAMESPACES,
                    GRANTS,
                    HOSTS_OF_NAMESPACES,
                    NETWORKS_OF_NAMESPACES,
                    HOST_LIMITS);

    private Families() {}
}
