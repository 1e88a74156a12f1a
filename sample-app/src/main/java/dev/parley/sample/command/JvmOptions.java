package dev.parley.sample.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What the virtual machines of processes that a command starts are told. */
final class JvmOptions {
    @Option(
            names = "--jvm-option",
            paramLabel = "OPTION",
            description =
                    "For the virtual machines of validators that it starts, such as --jvm-option=-Xmx4g; may be given several times.")
    private List<String> options = new ArrayList<>();

    List<String> all() {
        return options;
    }
}
