package io.carillon.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of the client. */
@Command(
        name = "carillon",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Without a command, starts a replica of the service. With one, calls the API of a running one:"
                    + " at --url, CARILLON_URL or where you have logged in; else at http://localhost:8080."
        },
        exitCodeListHeading = "%nEnds with%n",
        exitCodeList = {
            "0:done",
            "1:refused, or what it waited for has failed",
            "2:the command line is wrong",
            "3:no answer",
            "4:apply --dry-run --exit-code: something would change"
        },
        subcommands = {
            ApplyCommand.class,
            DeadLettersCommand.class,
            ExportCommand.class,
            JobCommand.class,
            JobsCommand.class,
            LoginCommand.class,
            PauseCommand.class,
            PreviewCommand.class,
            ReplayCommand.class,
            ResumeCommand.class,
            RunCommand.class,
            TailCommand.class,
            WhyCommand.class,
            GenerateCompletion.class
        })
public final class Cli {
    static final int REFUSED = 1;
    static final int NO_ANSWER = 3;
    static final int WOULD_CHANGE = 4;

    private static final List<String> ALONE = List.of("--help", "-h", "--version", "-V");

    /** Whether the arguments are for this client, not for the service. */
    public static boolean isMeant(String... arguments) {
        return arguments.length > 0
                && (!arguments[0].startsWith("-") || ALONE.contains(arguments[0]));
    }

    /** Runs a command; returns what the process ends with. */
    public static int run(String... arguments) {
        return run(writer(System.out), writer(System.err), arguments);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
    }

    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new Cli())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Cli::told)
                .execute(arguments);
    }

    private static int told(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        if (failure instanceof Failure known) {
            command.getErr().println(known.getMessage());
            return known.exitCode();
        }
        throw failure;
    }
}
