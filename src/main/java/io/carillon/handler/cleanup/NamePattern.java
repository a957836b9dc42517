package io.carillon.handler.cleanup;

/**
 * Matches file names like a shell: {@code *} matches any number of characters, {@code ?} one, every
 * other character itself. It takes at most time proportional to the length of the name times that
 * of the pattern, for any input: on a mismatch it widens only the latest star.
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
