package io.carillon.secret;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Holds the master keys by id: all read, the first writes. */
final class MasterKeys {
    private final List<MasterKey> inOrder;
    private final Map<String, MasterKey> byId = new LinkedHashMap<>();

    MasterKeys(List<MasterKey> keys) {
        this.inOrder = new ArrayList<>(keys);
        keys.forEach(key -> byId.putIfAbsent(key.id(), key));
    }

    /** Returns the key that writes; empty if there is no key. */
    Optional<MasterKey> newest() {
        return inOrder.stream().findFirst();
    }

    Set<String> ids() {
        return byId.keySet();
    }

    /** Decrypts a value; empty if none of these keys can read it. */
    Optional<String> open(SecretName name, Sealed sealed) {
        return Optional.ofNullable(byId.get(sealed.keyId())).flatMap(key -> key.open(name, sealed));
    }
}
