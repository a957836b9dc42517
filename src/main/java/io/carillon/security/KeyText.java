package io.carillon.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Makes and reads the text of an API key: {@code carillon_<id>_<secret>}. The id is public and
 * finds the key's row. The secret is 256 random bits, so storing a plain SHA-256 of the text is
 * safe enough.
 */
final class KeyText {
    private static final int ID_LENGTH = 12;
    private static final int SECRET_BYTES = 32;
    private static final String ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final Pattern FORM =
            Pattern.compile("carillon_([a-z0-9]{" + ID_LENGTH + "})_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private KeyText() {}

    /** A new key. */
    record Made(String id, String text) {}

    static Made make() {
        var id = new StringBuilder();
        for (int letter = 0; letter < ID_LENGTH; letter++) {
            id.append(ID_LETTERS.charAt(RANDOM.nextInt(ID_LETTERS.length())));
        }
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        String text =
                "carillon_%s_%s"
                        .formatted(
                                id, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
        return new Made(id.toString(), text);
    }

    /** Returns the public part; empty if the text does not have this form. */
    static Optional<String> id(String text) {
        var matcher = FORM.matcher(text);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Returns the SHA-256 in hexadecimal. */
    static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Compares two hashes in a time that does not depend on where they differ. */
    static boolean areEqual(String hash, String other) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII),
                other.getBytes(StandardCharsets.US_ASCII));
    }
}
