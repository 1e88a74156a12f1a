package dev.parley.sample.command;

import com.typesafe.config.ConfigException;
import dev.parley.crypto.KeyFileException;
import dev.parley.storage.StorageException;
import dev.parley.testkit.cluster.ClusterException;
import org.jspecify.annotations.Nullable;

/** What a command ends with when it did not do what was asked for, and the line that says why. */
final class ExitCode {
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private ExitCode() {}

    /** @param command with all its words, such as {@code parley node} */
    static int explain(Screen screen, String command, Exception failure) {
        return switch (failure) {
            case UsageException wrong -> explainUsage(screen, command, wrong);
            case FailedException failed -> explainFailure(screen, command, failed);
            case ClusterException failed -> explainFailure(screen, command, failed);
            // What Parley refuses at start, it explains.
            case IllegalArgumentException refused -> explainUsage(screen, command, refused);
            case StorageException refused -> explainFailure(screen, command, refused);
            case KeyFileException refused -> explainFailure(screen, command, refused);
            case ConfigException refused -> explainUsage(screen, command, refused);
            default -> {
                // A defect: whoever mends it wants to know where.
                failure.printStackTrace(screen.err());
                yield FAILED;
            }
        };
    }

    static int explainUsage(Screen screen, String command, Exception wrong) {
        line(screen, command, wrong.getMessage(), " (" + command + " --help says more)");
        return WRONG_USAGE;
    }

    private static int explainFailure(Screen screen, String command, Exception failed) {
        line(screen, command, failed.getMessage(), "");
        return FAILED;
    }

    private static void line(Screen screen, String command, @Nullable String why, String help) {
        screen.err().println(command + ": " + String.valueOf(why).replace('\n', ' ') + help);
    }
}
