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
 * Makes a second pool, next to that of requests, with the same database and configuration. It
 * differs in two ways. Requests, however many, cannot use the loops' connections, so no heartbeat
 * waits behind them. And PostgreSQL plans the loops' statements by scanning indexes in order. Like
 * the statements of requests, they are planned once for all parameters.
 *
 * <p>The plans matter more than they should. The ledger has a partition for each day, and planning
 * a claim over them takes longer than executing it; yet PostgreSQL plans it again every time if it
 * thinks that the parameters are worth it. And its statistics of the ledger are always old: if a
 * queue was empty when its day was analysed, PostgreSQL reads and sorts the whole queue instead of
 * taking the first entries of the index. The loops have few statements, and each has its own index.
 */
@ApplicationScoped
class LoopConnections {
    /** One for each loop. */
    private static final int MAX_CONNECTIONS = 8;

    /**
     * Before version 18, a disabled scan has so high a cost that every statement would be compiled,
     * so {@code jit} is off too.
     */
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
