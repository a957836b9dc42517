package io.carillon.database;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;

/** Puts off what should be done only if the current transaction commits. */
@ApplicationScoped
public class AfterCommit {
    private final TransactionSynchronizationRegistry transactions;

    AfterCommit(TransactionSynchronizationRegistry transactions) {
        this.transactions = transactions;
    }

    /**
     * Runs {@code action} once the thread's transaction, of JTA or of {@link Transactions}, has
     * committed, and never if it does not; at once when there is none, or when called by another
     * such action.
     */
    public void run(Runnable action) {
        int status = transactions.getTransactionStatus();
        if (status == Status.STATUS_NO_TRANSACTION || status == Status.STATUS_COMMITTED) {
            if (!Transactions.putOff(action)) {
                action.run();
            }
            return;
        }
        transactions.registerInterposedSynchronization(
                new Synchronization() {
                    @Override
                    public void beforeCompletion() {}

                    @Override
                    public void afterCompletion(int outcome) {
                        if (outcome == Status.STATUS_COMMITTED) {
                            action.run();
                        }
                    }
                });
    }
}
