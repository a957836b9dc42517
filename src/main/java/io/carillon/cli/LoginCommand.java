package io.carillon.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "login",
        mixinStandardHelpOptions = true,
        description = {
            "Stores the URL and a key for later commands, in a file that only you may read.",
            "The key is asked for, or read from standard input."
        })
final class LoginCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Option(names = "--forget", description = "Remove what is stored")
    boolean forget;

    @Override
    public Integer call() throws IOException {
        if (forget) {
            session.out()
                    .println(
                            Login.forget(session.environment())
                                    ? "Forgotten."
                                    : "Nothing was stored.");
            return 0;
        }
        String key = key();
        if (key == null || key.isBlank()) {
            throw new Failure(2, "No key was given.");
        }
        var login = new Login(session.base(), key.strip());
        session.check(login);
        session.out().println("Stored in " + login.save(session.environment()));
        return 0;
    }

    private static @Nullable String key() throws IOException {
        var console = System.console();
        if (console != null && console.isTerminal()) {
            char[] typed = console.readPassword("Key: ");
            return typed == null ? null : new String(typed);
        }
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                .readLine();
    }
}
