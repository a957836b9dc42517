package io.carillon.secret;

import java.util.regex.Pattern;

/** Names a secret. Neither part has a slash. */
record SecretName(String namespace, String name) {
    static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
