package dev.parley.sample.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.parley.LocalCluster;
import dev.parley.client.ParleyClient;
import dev.parley.client.Receipt;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.sample.bank.Bank;
import dev.parley.sample.bank.Books;
import dev.parley.sample.bank.Statement;
import dev.parley.sample.bank.Transfer;
import dev.parley.sample.command.Screen.Style;
import dev.parley.testkit.byzantine.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Four validators, one of them Byzantine, replicate a bank while an audience watches. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs validators in this process, one of them Byzantine, has them replicate a small bank, and shows each view.",
            "Ends with 0 only if all correct validators agree and every command was executed exactly once."
        })
final class DemoCommand implements Callable<Integer> {
    private static final String DEFAULT_BEHAVIOUR = "equivocating-leader";
    /** For protocols that have no leader to corrupt. */
    private static final String OTHER_BEHAVIOUR = "silent";

    private static final int BATCHES = 10;
    private static final long MILLIS_BETWEEN_BATCHES = 250;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SETTLING = Duration.ofSeconds(15);
    private static final int MAX_COMMANDS = 4000;
    /** Far more than happens in one demonstration; what is over is not shown. */
    private static final int MAX_QUEUED = 1 << 18;

    private static final long POLL_MILLIS = 20;

    private final Screen screen;

    @Mixin
    private final ClusterOptions options = new ClusterOptions(Protocols::names);

    @Mixin
    private final ClusterOptions.Keys keys = new ClusterOptions.Keys();

    @Option(
            names = "--commands",
            paramLabel = "K",
            defaultValue = "40",
            description = "How many commands, 1 to 4000: ${DEFAULT-VALUE}.")
    private int commands = 40;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "For the commands and for what a Byzantine validator leaves to chance: ${DEFAULT-VALUE}.")
    private long seed = 1;

    DemoCommand(Screen screen) {
        this.screen = screen;
    }

    private record Seen(int validator, Observation observation, long nanos) {}

    @Override
    public Integer call() throws InterruptedException {
        Map<Integer, List<Behaviour>> byzantine = options.behaviours();
        if (commands < 1 || commands > MAX_COMMANDS) {
            throw new UsageException("--commands is 1 to " + MAX_COMMANDS + ", not " + commands);
        }
        if (!options.namesByzantine()) {
            byzantine.put(options.validators() - 1, List.of(defaultBehaviour()));
        }
        screen.line(title(byzantine));
        LinkedBlockingQueue<Seen> seen = new LinkedBlockingQueue<>(MAX_QUEUED);
        LocalCluster.Builder<Transfer, Statement, Books> builder = keys.applyTo(
                        options.applyTo(LocalCluster.of(options.validators(), Bank.application()), byzantine, seed))
                .config("include classpath(\"demo.conf\")")
                .observer((validator, observation) ->
                        seen.offer(new Seen(validator.index(), observation, System.nanoTime())));
        // The board shows what the validators' log would say in the middle of it.
        ((Logger) LoggerFactory.getLogger("dev.parley.validator")).setLevel(Level.ERROR);
        try (LocalCluster<Transfer, Statement, Books> cluster = builder.start();
                ParleyClient<Transfer, Statement> client = cluster.client()) {
            return new Show(cluster, client, byzantine, seen).run() ? 0 : ExitCode.FAILED;
        }
    }

    private Behaviour defaultBehaviour() {
        List<Behaviour> known = Protocols.behaviours(options.protocol());
        return known.stream()
                .filter(behaviour -> behaviour.name().equals(DEFAULT_BEHAVIOUR))
                .findFirst()
                .orElseGet(() -> Protocols.behaviour(options.protocol(), OTHER_BEHAVIOUR));
    }

    private String title(Map<Integer, List<Behaviour>> byzantine) {
        StringBuilder text = new StringBuilder(options.validators() + " validators, " + options.protocol() + ", "
                + commands + " commands; at most " + options.mayFail() + " may be faulty");
        byzantine.forEach(
                (id, behaviours) -> text.append(", v").append(id).append(" is ").append(describe(behaviours)));
        return screen.paint(text.toString(), Style.BOLD);
    }

    private static String describe(@Nullable List<Behaviour> behaviours) {
        return behaviours == null
                ? "correct"
                : String.join(" + ", behaviours.stream().map(Behaviour::name).toList());
    }

    /** One demonstration. */
    private final class Show {
        private final LocalCluster<Transfer, Statement, Books> cluster;
        private final ParleyClient<Transfer, Statement> client;
        private final Map<Integer, List<Behaviour>> byzantine;
        private final LinkedBlockingQueue<Seen> seen;
        private final List<Integer> correct;
        private final ViewBoard board;
        private final SplittableRandom random = new SplittableRandom(seed);
        private final List<CompletableFuture<Receipt<Statement>>> receipts = new ArrayList<>();
        private final long start = System.nanoTime();

        private Show(
                LocalCluster<Transfer, Statement, Books> cluster,
                ParleyClient<Transfer, Statement> client,
                Map<Integer, List<Behaviour>> byzantine,
                LinkedBlockingQueue<Seen> seen) {
            this.cluster = cluster;
            this.client = client;
            this.byzantine = byzantine;
            this.seen = seen;
            correct = IntStream.range(0, options.validators())
                    .filter(i -> !byzantine.containsKey(i))
                    .boxed()
                    .toList();
            board = new ViewBoard(screen, cluster.protocol(), options.validators(), byzantine.keySet());
        }

        private boolean run() throws InterruptedException {
            board.begin();
            submitAndShow();
            Settlement settlement = Settlement.await(cluster, correct, SETTLING);
            showWhatIsThere();
            board.flush();
            return conclude(settlement);
        }

        /** A few commands at a time, so that eyes can follow. */
        private void submitAndShow() throws InterruptedException {
            int perBatch = (commands + BATCHES - 1) / BATCHES;
            long end = start + PATIENCE.toNanos();
            long nextBatch = start;
            while (System.nanoTime() < end && (receipts.size() < commands || !allAnswered())) {
                if (receipts.size() < commands && System.nanoTime() >= nextBatch) {
                    for (int i = 0; i < perBatch && receipts.size() < commands; i++) {
                        receipts.add(client.submit(nextTransfer()).toCompletableFuture());
                    }
                    nextBatch += TimeUnit.MILLISECONDS.toNanos(MILLIS_BETWEEN_BATCHES);
                }
                Seen next = seen.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    show(next);
                }
            }
        }

        private boolean allAnswered() {
            return receipts.stream().allMatch(CompletableFuture::isDone);
        }

        private void showWhatIsThere() {
            Seen next = seen.poll();
            while (next != null) {
                show(next);
                next = seen.poll();
            }
        }

        private void show(Seen next) {
            board.observe(next.validator(), next.observation(), Math.max(0, next.nanos() - start) / 1_000_000);
        }

        private Transfer nextTransfer() {
            int owners = Bank.OWNERS.size();
            int from = random.nextInt(owners);
            int to = (from + 1 + random.nextInt(owners - 1)) % owners;
            return new Transfer(Bank.OWNERS.get(from), Bank.OWNERS.get(to), 1 + random.nextInt(200));
        }

        private boolean conclude(Settlement settlement) {
            screen.line("");
            screen.line(screen.paint(
                    String.format("%-10s %-22s %8s  %-18s", "validator", "behaviour", "height", "state hash"),
                    Style.BOLD));
            for (int i = 0; i < options.validators(); i++) {
                List<Behaviour> behaviours = byzantine.get(i);
                String row = String.format(
                        "%-10s %-22s %8s  %-18s",
                        "v" + i,
                        describe(behaviours),
                        settlement
                                .of(i)
                                .map(state -> Long.toString(state.height()))
                                .orElse("-"),
                        settlement
                                .of(i)
                                .map(state -> state.stateHash().abbreviated())
                                .orElse("no answer"));
                screen.line(behaviours == null ? row : screen.paint(row, Style.RED));
            }
            screen.line("");
            tellWhatCaughtThem();
            boolean once = executedOnce();
            boolean agree = settlement.agree(correct);
            verdict(agree, "all correct validators have the same state at the same height");
            verdict(once, "every command was executed exactly once: " + executed() + " of " + commands);
            return agree && once;
        }

        private void tellWhatCaughtThem() {
            List<String> accusations = board.accusations();
            for (int id : byzantine.keySet()) {
                List<String> against = accusations.stream()
                        .filter(text -> text.startsWith("v" + id + ":"))
                        .toList();
                screen.line("v" + id + " (" + describe(byzantine.get(id)) + "): convicted of "
                        + (against.isEmpty()
                                ? "nothing"
                                : against.stream()
                                        .map(text -> text.substring(text.indexOf(':') + 2))
                                        .collect(Collectors.joining(", ")))
                        + "; its messages refused: " + refusals(id));
            }
        }

        private String refusals(int id) {
            Map<String, Long> refused = new TreeMap<>();
            for (Refusal.Reason reason : Refusal.Reason.values()) {
                long count = correct.stream()
                        .mapToLong(node -> cluster.node(node).refused(new ValidatorId(id), reason))
                        .sum();
                if (count > 0) {
                    refused.put(reason.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '), count);
                }
            }
            return refused.isEmpty()
                    ? "none"
                    : String.join(
                            ", ",
                            refused.entrySet().stream()
                                    .map(entry -> entry.getValue() + " " + entry.getKey())
                                    .toList());
        }

        private int executed() {
            BitSet numbers = new BitSet();
            statements().forEach(statement -> numbers.set((int) statement.number()));
            return numbers.cardinality();
        }

        /** The bank numbers what it executes: K receipts with the numbers 1 to K leave no command that ran twice or never. */
        private boolean executedOnce() {
            List<Statement> statements = statements();
            long total = Bank.OPENING_BALANCE * Bank.OWNERS.size();
            return executed() == commands
                    && statements.stream()
                            .allMatch(statement -> statement.number() <= commands && statement.total() == total);
        }

        private List<Statement> statements() {
            return receipts.stream()
                    .filter(receipt -> receipt.isDone() && !receipt.isCompletedExceptionally())
                    .map(receipt -> receipt.join().result())
                    .toList();
        }

        private void verdict(boolean good, String what) {
            screen.line(good ? screen.paint("✓ " + what, Style.GREEN) : screen.paint("✗ NOT TRUE: " + what, Style.RED));
        }
    }
}
