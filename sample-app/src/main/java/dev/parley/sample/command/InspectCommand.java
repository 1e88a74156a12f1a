package dev.parley.sample.command;

import dev.parley.storage.DataReport;
import dev.parley.storage.RocksStorage;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a validator's disk holds. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Shows what a validator's data directory holds. Reads it and checks the newest snapshot's hash; changes nothing,",
            "and may be run while the validator uses it."
        })
final class InspectCommand implements Callable<Integer> {
    private final Screen screen;

    @Parameters(paramLabel = "DIR", description = "The directory, such as data/v0.")
    private Path directory = Path.of("data");

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean json;

    InspectCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        DataReport report = RocksStorage.inspect(directory);
        String records = report.records().entrySet().stream()
                .map(kind -> (json ? "\"" + kind.getKey() + "\":" : "kind " + kind.getKey() + ": ") + kind.getValue())
                .collect(Collectors.joining(json ? "," : ", "));
        boolean empty = report.lastHeight() < report.firstHeight();
        if (json) {
            screen.line("{\"chainId\":" + Json.quoted(report.identity().chainId()) + ",\"protocol\":"
                    + Json.quoted(report.identity().protocol()) + ",\"validator\":"
                    + report.identity().validator().index() + ",\"publicKey\":\""
                    + report.identity().publicKey() + "\",\"firstHeight\":" + report.firstHeight()
                    + ",\"lastHeight\":" + report.lastHeight() + ",\"snapshotHeight\":" + report.snapshotHeight()
                    + ",\"snapshotBytes\":" + report.snapshotBytes() + ",\"records\":{" + records + "}}");
            return 0;
        }
        screen.line("validator  " + report.identity().validator() + " of chain '"
                + report.identity().chainId() + "', " + report.identity().protocol() + ", key "
                + report.identity().publicKey());
        screen.line(
                "log        " + (empty ? "empty" : "heights " + report.firstHeight() + " to " + report.lastHeight()));
        screen.line("snapshot   "
                + (report.snapshotHeight() == 0
                        ? "none"
                        : "of height " + report.snapshotHeight() + ", " + report.snapshotBytes()
                                + " bytes, its hash is right"));
        screen.line("records    " + (records.isEmpty() ? "none" : records));
        return 0;
    }
}
