package io.carillon.secret;

/** Names a secret. Neither part has a slash. */
record SecretName(String namespace, String name) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
