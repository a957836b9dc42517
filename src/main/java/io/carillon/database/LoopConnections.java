package io.carillon.database;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.transaction.TransactionIntegration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.transaction.TransactionSynchronizationRegistry;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * A pool beside that of requests, to the same database by the same configuration. Two things differ
 * from it: requests, however many, leave the loops their connections, so that no heartbeat waits
 * behind them; and PostgreSQL plans the loops' statements by indexes in their order. Like those of
 * requests they are planned once, for all parameters.
 *
 * <p>The plans matter more than they should. The ledger has a partition for each day, and planning
 * a claim over them takes longer than executing it; PostgreSQL still plans it anew every time when
 * it thinks that the parameters are worth it. And what it knows of the ledger is always of another
 * moment: a queue that was empty when its day was analysed is read whole and sorted, where the
 * first of an index were asked for. The loops' statements are few, and each has an index made for
 * it.
 */
@ApplicationScoped
class LoopConnections {
    /** One for each loop. */
    private static final int MAX_CONNECTIONS = 8;

    /** Before version 18 what is off costs so much that all is compiled, hence {@code jit}. */
    @Language("SQL")
    private static final String SETTINGS =
            """
            set plan_cache_mode = force_generic_plan;
            set enable_seqscan = off;
            set enable_bitmapscan = off;
            set enable_sort = off;
            set jit = off
            """;

    @Produces
    @ApplicationScoped
    @BackgroundPool
    AgroalDataSource make(AgroalDataSource ofRequests) {
        var pool = ofRequests.getConfiguration().connectionPoolConfiguration();
        var theirs = pool.connectionFactoryConfiguration();
        var connections =
                new AgroalConnectionFactoryConfigurationSupplier(theirs)
                        .initialSql(withSettings(theirs.initialSql()));
        return new io.agroal.pool.DataSource(
                new AgroalDataSourceConfigurationSupplier()
                        .connectionPoolConfiguration(
                                new AgroalConnectionPoolConfigurationSupplier(pool)
                                        .connectionFactoryConfiguration(connections)
                                        .transactionIntegration(TransactionIntegration.none())
                                        .initialSize(0)
                                        .minSize(0)
                                        .maxSize(MAX_CONNECTIONS))
                        .get());
    }

    private static String withSettings(@Nullable String configured) {
        return configured == null || configured.isBlank()
                ? SETTINGS
                : configured + ";\n" + SETTINGS;
    }

    @Produces
    @Singleton
    @BackgroundPool
    Database database(
            @BackgroundPool AgroalDataSource pool,
            AgroalDataSource ofRequests,
            TransactionSynchronizationRegistry jta) {
        return new Database(pool, ofRequests, jta);
    }

    void close(@Disposes @BackgroundPool AgroalDataSource dataSource) {
        dataSource.close();
    }
}
