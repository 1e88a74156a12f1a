package dev.parley.sample.command;

import dev.parley.crypto.KeyDirectory;
import dev.parley.crypto.KeyFileException;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.threshold.BlsKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The dealer: makes all validators' keys in one place, and is trusted to forget them. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Makes an Ed25519 key file and a threshold key file for each validator. Whoever has all of them is all",
            "validators at once: give each validator its own two, and destroy what is left. Overwrites nothing."
        })
final class KeysCommand implements Callable<Integer> {
    private static final int FEWEST = 4;
    private static final int LONGEST_CHAIN_ID = 64;

    private final Screen screen;

    @Option(
            names = "--validators",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many, 4 to 255: ${DEFAULT-VALUE}.")
    private int validators = 4;

    @Option(
            names = "--chain-id",
            paramLabel = "NAME",
            defaultValue = "parley",
            description = "Their parley.chain-id, 1 to 64 characters: ${DEFAULT-VALUE}.")
    private String chainId = "parley";

    @Option(names = "--dir", paramLabel = "D", required = true, description = "Where to; made if it is not there.")
    private Path directory = Path.of("keys");

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean json;

    /** Where one validator's keys are. */
    private record KeyFiles(Path ed25519, Path threshold) {}

    KeysCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        requireSound();
        KeyDirectory names = new KeyDirectory(directory);
        List<KeyFiles> files = IntStream.range(0, validators)
                .mapToObj(i -> new KeyFiles(names.key(i), names.thresholdKey(i)))
                .toList();
        requireNone(files);
        int threshold = KeyDirectory.threshold(validators);
        List<PublicKey> publicKeys;
        try {
            publicKeys = names.create(chainId, validators);
        } catch (IOException e) {
            throw new FailedException("cannot make the directory " + directory + " (" + e
                    + "); choose another, or see to its permissions");
        } catch (KeyFileException e) {
            throw new FailedException(
                    e.getMessage() + "; the files of the validators before it are of no use, delete them");
        }
        if (json) {
            screen.line(asJson(files, publicKeys, threshold));
        } else {
            print(files, publicKeys, threshold);
        }
        return 0;
    }

    private void requireSound() {
        if (validators < FEWEST || validators > BlsKeys.MAX_SIZE) {
            throw new UsageException("--validators is " + FEWEST + " to " + BlsKeys.MAX_SIZE + ", not " + validators);
        }
        if (chainId.isEmpty() || chainId.length() > LONGEST_CHAIN_ID) {
            throw new UsageException(
                    "--chain-id has 1 to " + LONGEST_CHAIN_ID + " characters, not " + chainId.length());
        }
        if (chainId.chars().anyMatch(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029')) {
            throw new UsageException("--chain-id has a control character; leave it out");
        }
    }

    /** Before anything is written: half a committee's new keys beside half of its old ones would be the worst of both. */
    private static void requireNone(List<KeyFiles> files) {
        files.stream()
                .flatMap(each -> Stream.of(each.ed25519(), each.threshold()))
                .filter(Files::exists)
                .findFirst()
                .ifPresent(file -> {
                    throw new FailedException(file
                            + " exists already and is never overwritten; nothing was written, choose another --dir");
                });
    }

    private void print(List<KeyFiles> files, List<PublicKey> publicKeys, int threshold) {
        screen.line(screen.paint(
                "Keys of " + validators + " validators for the chain '" + chainId + "', " + threshold
                        + " shares of the threshold keys needed",
                Screen.Style.BOLD));
        for (int i = 0; i < validators; i++) {
            screen.line("v" + i + "  public  " + publicKeys.get(i));
            screen.line("    secret  " + files.get(i).ed25519() + "  "
                    + files.get(i).threshold());
        }
        screen.line(
                "Each of these files is secret, from the other validators too. Give each validator its own two and");
        screen.line("destroy what is left: who has all of them is all validators, and who has " + threshold
                + " threshold key");
        screen.line("files foretells coins and reads sealed proposals.");
    }

    private String asJson(List<KeyFiles> files, List<PublicKey> publicKeys, int threshold) {
        String each = IntStream.range(0, validators)
                .mapToObj(i -> "{\"validator\":" + i + ",\"publicKey\":\"" + publicKeys.get(i) + "\",\"secretFiles\":["
                        + Json.quoted(files.get(i).ed25519().toString()) + ","
                        + Json.quoted(files.get(i).threshold().toString()) + "]}")
                .collect(Collectors.joining(","));
        return "{\"chainId\":" + Json.quoted(chainId) + ",\"threshold\":" + threshold + ",\"validators\":[" + each
                + "]}";
    }
}
