package dev.parley.sample.command;

import com.typesafe.config.ConfigException;
import dev.parley.crypto.KeyFileException;
import dev.parley.storage.StorageException;
import dev.parley.testkit.cluster.ClusterException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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

    private static final Map<String, Function<Screen, Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("demo", DemoCommand::new);
        COMMANDS.put("serve", ServeCommand::new);
        COMMANDS.put("bench", BenchCommand::new);
        COMMANDS.put("simulate", SimulateCommand::new);
        COMMANDS.put("exhaustive", ExhaustiveCommand::new);
        COMMANDS.put("compare", CompareCommand::new);
        COMMANDS.put("synchrony", SynchronyCommand::new);
        COMMANDS.put("keys", KeysCommand::new);
        COMMANDS.put("inspect", InspectCommand::new);
        COMMANDS.put("init", InitCommand::new);
        COMMANDS.put("node", NodeCommand::new);
        COMMANDS.put("cluster", ClusterCommand::new);
        COMMANDS.put("soak", SoakCommand::new);
        COMMANDS.put("drill", DrillCommand::new);
        COMMANDS.put("attack", AttackCommand::new);
        COMMANDS.put("completion", screen -> new AutoComplete.GenerateCompletion());
    }

    public static void main(String[] args) {
        Screen screen = Screen.standard();
        // Picocli reads each command's options by reflection, a fifth of a second for all: nodes start often.
        boolean isOneAlone = args.length > 0 && COMMANDS.containsKey(args[0]) && !args[0].equals("completion");
        System.exit((isOneAlone ? commandLine(screen, Set.of(args[0])) : commandLine(screen)).execute(args));
    }

    static CommandLine commandLine(Screen screen) {
        return commandLine(screen, COMMANDS.keySet());
    }

    private static CommandLine commandLine(Screen screen, Set<String> names) {
        CommandLine all = new CommandLine(new ParleyCommand());
        COMMANDS.forEach((name, command) -> {
            if (names.contains(name)) {
                all.addSubcommand(name, command.apply(screen));
            }
        });
        return all.setOut(screen.out())
                .setErr(screen.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        screen.coloured() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler(
                        (wrong, words) -> explain(screen, wrong.getCommandLine(), wrong.getMessage(), WRONG_USAGE))
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(screen, failure, command));
    }

    @Override
    public void run() {
        throw new UsageException("which command? There are " + String.join(", ", COMMANDS.keySet()));
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
