package io.carillon.secret;

import io.carillon.database.EmbeddedPostgresql;
import io.quarkus.logging.Log;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the master keys from the configuration. For an embedded database, a key is kept in a file
 * next to it, and made if there is none.
 */
@ApplicationScoped
class MasterKeySource {
    private final SecretsConfig config;

    MasterKeySource(SecretsConfig config) {
        this.config = config;
    }

    /**
     * Reads the keys that are configured, or kept next to the embedded database.
     *
     * @throws ConfigurationException in a sentence that quotes no key, if one cannot be read
     */
    MasterKeys read() {
        if (config.key().isPresent() && config.keyFile().isPresent()) {
            throw wrong("both carillon.secrets.key and carillon.secrets.key-file are set");
        }
        var keys = new ArrayList<MasterKey>();
        config.key().ifPresent(key -> keys.add(key("carillon.secrets.key", key)));
        config.keyFile().ifPresent(file -> keys.add(inFile(Path.of(file))));
        if (keys.isEmpty()) {
            embeddedFile().filter(Files::exists).ifPresent(file -> keys.add(inFile(file)));
        }
        var previous = config.previousKeys().orElse(List.of());
        if (keys.isEmpty() && !previous.isEmpty()) {
            throw wrong("carillon.secrets.previous-keys is set without carillon.secrets.key");
        }
        previous.forEach(key -> keys.add(key("carillon.secrets.previous-keys", key)));
        return new MasterKeys(keys);
    }

    /** Makes a key next to the embedded database; none if there is no such database. */
    MasterKeys make() {
        embeddedFile().ifPresent(MasterKeySource::make);
        return read();
    }

    private static Optional<Path> embeddedFile() {
        return EmbeddedPostgresql.directory()
                .map(folder -> folder.resolveSibling(folder.getFileName() + ".secrets-key"));
    }

    private static void make(Path file) {
        try {
            // Written completely or not at all, since another replica may join the database
            // meanwhile.
            var written =
                    Files.createTempFile(file.toAbsolutePath().getParent(), "secrets", ".key");
            if (written.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(
                        written, PosixFilePermissions.fromString("rw-------"));
            }
            try {
                Files.writeString(written, MasterKey.make());
                Files.move(written, file);
                Log.infof("master key of secrets made in %s: keep it with the database", file);
            } catch (FileAlreadyExistsException madeByAnother) {
                Log.debugf("master key of secrets found in %s", file);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException failure) {
            throw wrong("no master key could be written to " + file + ": " + failure.getMessage());
        }
    }

    private static MasterKey inFile(Path file) {
        try {
            return key(file.toString(), Files.readString(file));
        } catch (IOException unreadable) {
            throw wrong("the master key of secrets in " + file + " cannot be read");
        }
    }

    private static MasterKey key(String where, String text) {
        try {
            return MasterKey.of(text);
        } catch (IllegalArgumentException wrong) {
            throw wrong(where + " holds no master key of secrets: " + wrong.getMessage());
        }
    }

    static ConfigurationException wrong(String why) {
        return new ConfigurationException("Carillon could not start: " + why + ".");
    }
}
