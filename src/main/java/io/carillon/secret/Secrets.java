package io.carillon.secret;

import io.carillon.database.DatabaseException;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.replica.StartOrder;
import io.carillon.security.Scope;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads and writes secrets under the master keys. Only the keys are kept in memory: each attempt
 * reads the secrets it sends, so a change takes effect with the next attempt on every replica.
 */
@ApplicationScoped
public class Secrets {
    private final SecretStore store;
    private final MasterKeySource source;
    private volatile MasterKeys keys = new MasterKeys(List.of());

    Secrets(SecretStore store, MasterKeySource source) {
        this.store = store;
        this.source = source;
    }

    /**
     * @throws ConfigurationException if the keys cannot be read, or cannot read what is stored
     */
    void start(@Observes @Priority(StartOrder.KEYS) StartupEvent event) {
        keys = source.read();
        try {
            var stored = store.allSealed();
            if (stored.isEmpty() && keys.newest().isEmpty()) {
                keys = source.make();
            }
            requireReadable(stored);
        } catch (DatabaseException away) {
            // A replica may start while PostgreSQL is away. A secret that it cannot read fails the
            // attempt.
            Log.infof("master keys of secrets not tried: %s", away.getMessage());
        }
    }

    private void requireReadable(List<SecretStore.Row> stored) {
        var unknown =
                stored.stream()
                        .map(row -> row.sealed().keyId())
                        .filter(id -> !keys.ids().contains(id))
                        .collect(Collectors.toCollection(TreeSet::new));
        if (!unknown.isEmpty()) {
            throw MasterKeySource.wrong(
                    "secrets are stored under the master key "
                            + String.join(", ", unknown)
                            + ", and those configured are "
                            + (keys.ids().isEmpty() ? "none" : String.join(", ", keys.ids()))
                            + "; set carillon.secrets.key, carillon.secrets.key-file or"
                            + " carillon.secrets.previous-keys to it");
        }
        for (var row : stored) {
            if (keys.open(row.name(), row.sealed()).isEmpty()) {
                Log.warnf(
                        "secret does not decrypt under its master key, so its row was changed or moved;"
                                + " set it again namespace=%s name=%s",
                        row.name().namespace(), row.name().name());
            }
        }
    }

    /**
     * Returns the names that a namespace does not have.
     *
     * @throws DatabaseException if PostgreSQL does not answer
     */
    public Set<String> missing(String namespace, Collection<String> names) {
        var missing = new TreeSet<>(names);
        if (!names.isEmpty()) {
            store.sealed(namespace, List.copyOf(names))
                    .forEach(row -> missing.remove(row.name().name()));
        }
        return missing;
    }

    /**
     * Returns the values by name; a secret that does not exist, or that no master key can read, is
     * absent.
     *
     * @throws DatabaseException if PostgreSQL does not answer
     */
    public Map<String, String> values(String namespace, Collection<String> names) {
        var values = new HashMap<String, String>();
        for (var row : store.sealed(namespace, List.copyOf(names))) {
            keys.open(row.name(), row.sealed())
                    .ifPresent(value -> values.put(row.name().name(), value));
        }
        return values;
    }

    SecretStore.Put put(Scope scope, SecretName name, String value) {
        return store.put(scope, name, newest().seal(name, value));
    }

    SecretRequests.Reencryption reencrypt(Scope scope) {
        return store.reencrypt(scope, keys, newest());
    }

    private MasterKey newest() {
        return keys.newest()
                .orElseThrow(
                        () ->
                                new ProblemException(
                                        ProblemKind.CONFLICT,
                                        "No secret can be kept: the administrator has not set"
                                                + " carillon.secrets.key or carillon.secrets.key-file."));
    }
}
