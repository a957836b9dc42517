package io.carillon.handler.cleanup;

/**
 * Names of files as a shell writes them: {@code *} is any number of characters, {@code ?} one,
 * everything else itself. Takes time by the length of name times pattern at most, whatever stands
 * in either: on a mismatch only the latest star is widened.
 */
record NamePattern(String pattern) {
    boolean matches(String name) {
        int at = 0;
        int in = 0;
        int star = -1;
        int taken = 0;
        while (at < name.length()) {
            if (in < pattern.length() && pattern.charAt(in) == '*') {
                star = in++;
                taken = at;
            } else if (in < pattern.length()
                    && (pattern.charAt(in) == '?' || pattern.charAt(in) == name.charAt(at))) {
                in++;
                at++;
            } else if (star >= 0) {
                in = star + 1;
                at = ++taken;
            } else {
                return false;
            }
        }
        while (in < pattern.length() && pattern.charAt(in) == '*') {
            in++;
        }
        return in == pattern.length();
    }
}
