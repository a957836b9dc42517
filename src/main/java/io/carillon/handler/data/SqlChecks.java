package io.carillon.handler.data;

import io.carillon.problem.Problem.Violation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Checks statements and parameters without a database. */
final class SqlChecks {
    private SqlChecks() {}

    static List<Violation> of(DataConfig config) {
        var violations = new ArrayList<Violation>();
        checkStatements(config, violations);
        if (config.values().stream().anyMatch(each -> each.isContainerNode())) {
            violations.add(
                    new Violation(
                            "parameters",
                            "expected texts, numbers, booleans and nulls; JSON as text"));
        }
        return violations;
    }

    private static void checkStatements(DataConfig config, List<Violation> violations) {
        List<String> statements;
        try {
            statements = SqlWork.statements(config.sql());
        } catch (SQLException unreadable) {
            violations.add(new Violation("sql", "cannot be read: " + unreadable.getMessage()));
            return;
        }
        if (config.onlyReads() && statements.size() != 1) {
            violations.add(new Violation("sql", "expected one statement, as readOnly is true"));
        } else if (statements.isEmpty()) {
            violations.add(new Violation("sql", "has no statement"));
        } else if (statements.stream().anyMatch(SqlWork::isOfTransactions)) {
            violations.add(
                    new Violation("sql", "must not begin or end a transaction: an attempt is one"));
        }
    }
}
