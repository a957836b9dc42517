package io.carillon.handler.backup;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The ways to compress a backup. */
enum Compression {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst");

    private static final int BUFFER = 1 << 16;

    private final String suffix;

    Compression(String suffix) {
        this.suffix = suffix;
    }

    static Compression of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Returns how the name of a file ends that is compressed so. */
    String suffix() {
        return suffix;
    }

    /** Explains in a sentence why this process cannot do it; empty if it can. */
    Optional<String> lack() {
        if (this != ZSTD) {
            return Optional.empty();
        }
        try {
            Native.load();
            return Optional.empty();
        } catch (LinkageError absent) {
            return Optional.of(
                    "zstd's library cannot be loaded here, as in a native executable; use gzip");
        }
    }

    OutputStream compressing(OutputStream out) throws IOException {
        return switch (this) {
            case NONE -> out;
            case GZIP -> new GZIPOutputStream(out, BUFFER);
            case ZSTD -> new ZstdOutputStream(out).setChecksum(true);
        };
    }

    InputStream decompressing(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER);
            case ZSTD -> new ZstdInputStream(in);
        };
    }
}
