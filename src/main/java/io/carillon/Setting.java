package io.carillon;

import io.carillon.outgoing.Network;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Describes a key under {@code carillon.} and its allowed values. */
sealed interface Setting {
    String key();

    /** Describes the allowed values for people, in messages and in docs/configuration.md. */
    String allowed();

    /** The key as an environment variable. */
    default String variable() {
        return variable(key());
    }

    static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    record Flag(String key) implements Setting {
        static final Set<String> TRUE = Set.of("true", "yes", "y", "on", "1", "t");
        static final Set<String> FALSE = Set.of("false", "no", "n", "off", "0", "f");

        @Override
        public String allowed() {
            return "true or false";
        }

        /** Any other word would silently mean false. */
        static boolean isOne(String value) {
            String word = value.toLowerCase(Locale.ROOT);
            return TRUE.contains(word) || FALSE.contains(word);
        }
    }

    record Whole(String key, int least, int most) implements Setting {
        @Override
        public String allowed() {
            return "%,d to %,d".formatted(least, most);
        }

        boolean has(int value) {
            return value >= least && value <= most;
        }
    }

    /**
     * @param usual the default
     */
    record Span(String key, Duration least, Duration usual, Duration most) implements Setting {
        @Override
        public String allowed() {
            return text(least) + " to " + text(most);
        }

        boolean has(Duration value) {
            return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
        }

        static String text(Duration value) {
            if (value.toMillisPart() != 0) {
                return value.toMillis() + "ms";
            }
            long seconds = value.toSeconds();
            if (seconds % 86_400 == 0 && seconds > 0) {
                return seconds / 86_400 + "d";
            }
            if (seconds % 3600 == 0 && seconds > 0) {
                return seconds / 3600 + "h";
            }
            return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
        }
    }

    /** SHA-256 in hexadecimal. */
    record Hash(String key) implements Setting {
        @Override
        public String allowed() {
            return "64 hexadecimal digits";
        }

        static boolean isOne(String value) {
            return value.matches("[0-9A-Fa-f]{64}");
        }
    }

    /** One of several words, in any case. */
    record Choice(String key, List<String> words) implements Setting {
        @Override
        public String allowed() {
            return String.join(", ", words);
        }

        boolean has(String value) {
            return words.contains(value.toLowerCase(Locale.ROOT));
        }
    }

    /** A URL. */
    record Address(String key) implements Setting {
        @Override
        public String allowed() {
            return "an http or https URL";
        }

        /**
         * @throws IllegalArgumentException if it is no URI at all
         */
        static boolean isOne(String value) {
            var uri = URI.create(value);
            return uri.getRawAuthority() != null
                    && ("http".equalsIgnoreCase(uri.getScheme())
                            || "https".equalsIgnoreCase(uri.getScheme()));
        }
    }

    /** A URL with a placeholder. */
    record Link(String key, String placeholder) implements Setting {
        @Override
        public String allowed() {
            return "an http or https URL with " + placeholder + " in it";
        }

        boolean isOne(String value) {
            return value.contains(placeholder) && Address.isOne(value.replace(placeholder, "0"));
        }
    }

    /** A part of the whole. */
    record Ratio(String key) implements Setting {
        @Override
        public String allowed() {
            return "0 to 1, such as 0.05";
        }

        /**
         * @throws NumberFormatException if it is no number
         */
        static boolean isOne(String value) {
            double number = Double.parseDouble(value);
            return number >= 0 && number <= 1;
        }
    }

    /** Any text that is not blank. */
    record Text(String key, String allowed) implements Setting {}

    /** A path of a folder or a file. */
    record Place(String key, String allowed) implements Setting {}

    /**
     * Values by name: a family of keys, each ending in a name that the administrator chooses.
     *
     * @param isOfNamespaces whether the names are those of namespaces
     * @param isSecret whether a value must not be repeated in a message
     * @param test whether a value is allowed
     */
    record Family(
            String prefix,
            String allowed,
            boolean isOfNamespaces,
            boolean isSecret,
            Predicate<String> test)
            implements Setting {
        private static final String NAME = "<name>";
        private static final Pattern NAMES = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

        /** A list by namespace, with one value at least. */
        static Family byNamespace(Listing listing) {
            return new Family(
                    listing.key(),
                    listing.allowed(),
                    true,
                    false,
                    value ->
                            !value.isBlank()
                                    && Stream.of(value.split(","))
                                            .map(String::strip)
                                            .allMatch(listing::has));
        }

        @Override
        public String key() {
            return prefix + "." + NAME;
        }

        /** Whether a key or an environment variable belongs to this family. */
        boolean owns(String name) {
            String start = prefix + ".";
            if (name.startsWith(start)) {
                return isName(name.substring(start.length()));
            }
            String variable = Setting.variable(start);
            return name.toUpperCase(Locale.ROOT).startsWith(variable)
                    && isNameInVariable(name.substring(variable.length()).toLowerCase(Locale.ROOT));
        }

        private boolean isName(String name) {
            return isOfNamespaces
                    ? io.carillon.problem.Names.isValid(name.replaceFirst("^\"(.*)\"$", "$1"))
                    : NAMES.matcher(name.replace('_', '-')).matches();
        }

        /** A variable does not say which of three characters of a namespace an underscore is. */
        private boolean isNameInVariable(String name) {
            return NAMES.matcher(isOfNamespaces ? name : name.replace('_', '-')).matches();
        }
    }

    /** A comma-separated list; it may be empty. */
    sealed interface Listing extends Setting {
        /** Whether the value may be in the list. */
        boolean has(String value);
    }

    record Networks(String key) implements Listing {
        @Override
        public String allowed() {
            return "networks such as 10.1.0.0/16";
        }

        @Override
        public boolean has(String value) {
            try {
                Network.of(value);
                return true;
            } catch (IllegalArgumentException none) {
                return false;
            }
        }
    }

    record Names(String key) implements Listing {
        private static final Pattern NAME =
                Pattern.compile("(?:\\*\\.)?[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*");

        @Override
        public String allowed() {
            return "names such as hooks.internal or *.internal";
        }

        @Override
        public boolean has(String value) {
            return NAME.matcher(value).matches();
        }
    }
}
