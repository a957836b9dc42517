package io.carillon.security;

import io.carillon.database.DatabaseException;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Makes the first admin key if no key is configured and the database never had one, and logs it
 * once. If several replicas start on an empty database, only one makes it.
 */
@ApplicationScoped
class FirstKey {
    private static final String NAME = "first admin key";

    private final Authentication authentication;
    private final ApiKeyStore store;
    private final KeyRing keys;
    private final int port;

    FirstKey(
            Authentication authentication,
            ApiKeyStore store,
            KeyRing keys,
            @ConfigProperty(name = "quarkus.http.port", defaultValue = "8080") int port) {
        this.authentication = authentication;
        this.store = store;
        this.keys = keys;
        this.port = port;
    }

    /**
     * @throws ConfigurationException if no key could manage the service
     */
    void start(@Observes @Priority(StartOrder.KEYS) StartupEvent event) {
        if (!authentication.isRequired()) {
            Log.info(
                    "API keys are off (carillon.security.enabled=false): anyone who reaches this port may do everything");
            return;
        }
        if (authentication.hasConfiguredKey()) {
            return;
        }
        try {
            make();
        } catch (DatabaseException away) {
            // A replica that starts while PostgreSQL is away is not the first on an empty database.
            Log.infof("could not check for a first admin key: %s", away.getMessage());
        }
    }

    private void make() {
        var made = KeyText.make();
        var draft =
                new ApiKeyStore.Draft(NAME, new Grant(Role.ADMIN, Set.of(Grant.EVERYWHERE)), null);
        if (store.addFirst(made, draft).isPresent()) {
            Log.infof(
                    """
                    the first admin key, told this once: %s
                      export CARILLON_KEY=%s
                      curl -H "Authorization: Bearer $CARILLON_KEY" http://localhost:%d/api/v1/keys""",
                    made.text(), made.text(), port);
        }
        keys.follow();
        if (!keys.hasAdmin()) {
            throw new ConfigurationException(
                    "Carillon could not start: nobody could manage it, since no admin key is valid any more;"
                            + " set carillon.security.admin-key-file or carillon.security.admin-key-hash.");
        }
    }
}
