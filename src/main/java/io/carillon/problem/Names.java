package io.carillon.problem;

import java.util.regex.Pattern;

/** Checks the names that clients choose and that stand in URLs. */
public final class Names {
    /** A name of a namespace, queue or calendar, for annotations. */
    public static final String REGEX = "^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$";

    public static final String MESSAGE =
            "expected up to 63 lower-case letters, digits, '-', '_' or '.', beginning and ending with a letter or"
                    + " digit";

    private static final Pattern NAME = Pattern.compile(REGEX);
    private static final Pattern SECRET =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

    private Names() {}

    /** Whether a namespace, queue or calendar can have this name. */
    public static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Requires a name that a namespace, queue or calendar can have.
     *
     * @param field the field or parameter that has it
     * @throws ProblemException 400 otherwise
     */
    public static void require(String field, String name) {
        if (!isValid(name)) {
            throw ProblemException.invalid(field, MESSAGE);
        }
    }

    /** Whether a secret can have this name. */
    public static boolean isValidOfSecret(String name) {
        return SECRET.matcher(name).matches();
    }
}
