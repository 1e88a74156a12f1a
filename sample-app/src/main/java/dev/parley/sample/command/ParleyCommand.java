package dev.parley.sample.command;

import com.typesafe.config.ConfigException;
import dev.parley.crypto.KeyFileException;
import dev.parley.storage.StorageException;
import dev.parley.testkit.cluster.ClusterException;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Where {@code ./parley} begins. Ends with 0 if all went well, with 1 if what was asked for failed, and with 2 if it was asked for
 * wrongly; says why in one line on stderr.
 */
@Command(
        name = "parley",
        mixinStandardHelpOptions = true,
        version = "parley 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        description = "A Byzantine-fault-tolerant replicated log, to be watched, used, measured and tortured.",
        footer = {"", "parley COMMAND --help says more of each."})
public final class ParleyCommand implements Runnable {
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    public static void main(String[] args) {
        System.exit(commandLine(Screen.standard()).execute(args));
    }

    static CommandLine commandLine(Screen screen) {
        return new CommandLine(new ParleyCommand())
                .addSubcommand(new DemoCommand(screen))
                .addSubcommand(new ServeCommand(screen))
                .addSubcommand(new BenchCommand(screen))
                .addSubcommand(new SimulateCommand(screen))
                .addSubcommand(new ExhaustiveCommand(screen))
                .addSubcommand(new CompareCommand(screen))
                .addSubcommand(new KeysCommand(screen))
                .addSubcommand(new InspectCommand(screen))
                .addSubcommand(new InitCommand(screen))
                .addSubcommand(new NodeCommand(screen))
                .addSubcommand(new ClusterCommand(screen))
                .addSubcommand(new SoakCommand(screen))
                .addSubcommand(new DrillCommand(screen))
                .addSubcommand(new AttackCommand(screen))
                .addSubcommand("completion", new AutoComplete.GenerateCompletion())
                .addSubcommand(new SynchronyCommand(screen))
                .setOut(screen.out())
                .setErr(screen.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        screen.coloured() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler(
                        (wrong, words) -> explain(screen, wrong.getCommandLine(), wrong.getMessage(), WRONG_USAGE))
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(screen, failure, command));
    }

    @Override
    public void run() {
        throw new UsageException(
                "which command? There are demo, serve, bench, simulate, exhaustive, compare, synchrony, keys, inspect, init, node, cluster, soak, drill and attack");
    }

    private static int explain(Screen screen, Exception failure, CommandLine command) {
        return switch (failure) {
            case UsageException wrong -> explain(screen, command, wrong.getMessage(), WRONG_USAGE);
            case FailedException failed -> explain(screen, command, failed.getMessage(), FAILED);
            case ClusterException failed -> explain(screen, command, failed.getMessage(), FAILED);
            // What Parley refuses at start, it explains.
            case IllegalArgumentException refused -> explain(screen, command, refused.getMessage(), WRONG_USAGE);
            case StorageException refused -> explain(screen, command, refused.getMessage(), FAILED);
            case KeyFileException refused -> explain(screen, command, refused.getMessage(), FAILED);
            case ConfigException refused -> explain(screen, command, refused.getMessage(), WRONG_USAGE);
            default -> {
                // A defect: whoever mends it wants to know where.
                failure.printStackTrace(screen.err());
                yield FAILED;
            }
        };
    }

    private static int explain(Screen screen, CommandLine command, @Nullable String why, int exitCode) {
        String name = command.getCommandSpec().qualifiedName();
        String help = exitCode == WRONG_USAGE ? " (" + name + " --help says more)" : "";
        screen.err().println(name + ": " + String.valueOf(why).replace('\n', ' ') + help);
        return exitCode;
    }
}
