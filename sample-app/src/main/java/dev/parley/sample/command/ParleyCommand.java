package dev.parley.sample.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
        // Picocli reads each command's options by reflection, a fifth of a second for all.
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
                        (wrong, words) -> ExitCode.explainUsage(screen, nameOf(wrong.getCommandLine()), wrong))
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> ExitCode.explain(screen, nameOf(command), failure));
    }

    @Override
    public void run() {
        throw new UsageException("which command? There are " + String.join(", ", COMMANDS.keySet()));
    }

    private static String nameOf(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }
}
