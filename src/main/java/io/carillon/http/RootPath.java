package io.carillon.http;

/** Reads {@code quarkus.http.root-path}, which Quarkus accepts with and without its slashes. */
public final class RootPath {
    private RootPath() {}

    /**
     * Returns what stands before the paths of Carillon: {@code /carillon}; empty without a root
     * path.
     */
    public static String prefix(String configured) {
        String path = configured.strip().replaceAll("^/+|/+$", "");
        return path.isEmpty() ? "" : "/" + path;
    }
}
