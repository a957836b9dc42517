package io.carillon.handler.report;

/** How a document leaves: by the first field of these that a config has. */
enum Delivery {
    /** {@code to}: as a mail. */
    MAIL,
    /** {@code url}: as the body of a call. */
    CALL,
    /** {@code root}: as a file. */
    FILE,
    /** None of them: in the execution's result. */
    RESULT;

    static Delivery of(ReportConfig config) {
        if (config.to() != null) {
            return MAIL;
        }
        if (config.url() != null) {
            return CALL;
        }
        return config.root() == null ? RESULT : FILE;
    }
}
