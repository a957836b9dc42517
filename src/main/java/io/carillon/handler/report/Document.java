package io.carillon.handler.report;

/**
 * A report in a format.
 *
 * @param missing how many characters it has no font for, which are written as {@code ?}
 */
record Document(byte[] bytes, long missing) {}
