package dev.parley.testkit.cluster;

import dev.parley.app.CommandFailedException;
import dev.parley.client.Receipt;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.check.Violation;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.validator.ValidatorNode.StateAt;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * A running cluster in the hand of a test, wherever it runs. Validators are given by index. Whatever waits, waits for a condition and lets time
 * pass meanwhile, virtual or real; while it does, all that must always hold is checked, and the first thing that does not ends the wait with a
 * {@link Violation}: agreement, total order, certificates, no two signed statements for one slot, no correct validator accused, receipts that say what the log
 * gives, each command executed once. For the test's own thread alone.
 *
 * @param <C> commands
 * @param <R> results
 */
public final class Cluster<C, R> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Must hold whenever it is asked. */
    interface Always {
        /** @throws Violation if it does not hold */
        void check();
    }

    private final World world;
    private final ProtocolUnderTest protocol;
    private final int size;
    private final Set<Capability> needs;
    private final Driver<C, R> driver;
    private final Ledger<C, R> ledger;
    private final Timeline timeline;
    private final Watchtower watchtower;
    private final List<Always> always = new CopyOnWriteArrayList<>();
    private final Set<Integer> down = new TreeSet<>();
    private final Set<Integer> paused = new TreeSet<>();
    private final Set<Integer> byzantine = new TreeSet<>();
    private Duration patience = PATIENCE;
    private int next;
    private long sent;
    /** By number: when it was sent, since the start. */
    private final ConcurrentSkipListMap<Long, Duration> unanswered = new ConcurrentSkipListMap<>();

    Cluster(
            World world,
            ProtocolUnderTest protocol,
            int size,
            Set<Capability> needs,
            Driver<C, R> driver,
            Witness<C, R> witness) {
        this.world = world;
        this.protocol = protocol;
        this.size = size;
        this.needs = needs.isEmpty() ? EnumSet.noneOf(Capability.class) : EnumSet.copyOf(needs);
        this.driver = driver;
        this.ledger = witness.ledger();
        this.timeline = witness.timeline();
        this.watchtower = witness.watchtower();
        driver.start();
    }

    /** How many validators there are. */
    public int size() {
        return size;
    }

    /** How many of them may be faulty: the most f with {@code n >= 3f + 1}. */
    public int mayFail() {
        return (size - 1) / 3;
    }

    /** For messages; a test that asks where it runs is two tests. */
    public World world() {
        return world;
    }

    /** By name. */
    public String protocol() {
        return protocol.name();
    }

    /** How long whatever waits does so at the most, by the world's time: a minute unless this says otherwise. */
    public void patience(Duration atMost) {
        patience = atMost;
    }

    /** Submits a command to the validators in turn, and waits for its receipt. */
    public Receipt<R> submit(C command) {
        return await(send(command));
    }

    /** Submits a command by way of one validator, and waits for its receipt. If that one does not answer, another does. */
    public Receipt<R> submit(int validator, C command) {
        return await(send(validator, command));
    }

    /** Submits a command and does not wait. */
    public CompletionStage<Receipt<R>> send(C command) {
        int first = next;
        next = (next + 1) % size;
        return send(first, command);
    }

    /** Submits a command by way of one validator and does not wait. */
    public CompletionStage<Receipt<R>> send(int validator, C command) {
        timeline.step(driver.elapsed(), "submits " + command + " to v" + require(validator));
        ledger.submitted();
        long number = ++sent;
        unanswered.put(number, driver.elapsed());
        return driver.submit(validator, command).whenComplete((receipt, failure) -> {
            unanswered.remove(number);
            if (failure == null) {
                watchtower.guard(() -> ledger.acknowledged(command, receipt));
            } else {
                ledger.failed();
            }
        });
    }

    /**
     * Waits for a receipt.
     *
     * @throws CommandFailedException if the state machine refused the command
     */
    public Receipt<R> await(CompletionStage<Receipt<R>> sent) {
        CompletableFuture<Receipt<R>> future = sent.toCompletableFuture();
        await("a receipt", future::isDone);
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Waits until the condition holds. */
    public void await(String what, BooleanSupplier condition) {
        await(what, patience, condition);
    }

    /**
     * Waits until the condition holds.
     *
     * @param what in words, for the message
     * @param limit by the world's time
     * @throws AssertionError if it does not within the limit
     * @throws Violation if something does not hold meanwhile that always must
     */
    public void await(String what, Duration limit, BooleanSupplier condition) {
        Duration end = driver.elapsed().plus(limit);
        check();
        while (!condition.getAsBoolean()) {
            if (driver.elapsed().compareTo(end) > 0) {
                throw new AssertionError("waited for " + what + ", and it is not so after " + limit);
            }
            driver.step();
            check();
        }
    }

    /** Waits until all correct validators that run have decided a height. */
    public void awaitHeight(long height) {
        await(
                "height " + height + " everywhere",
                () -> correctAndRunning().stream().allMatch(i -> driver.height(i) >= height));
    }

    /** Lets time pass. For what must not happen meanwhile; whoever waits for something says for what. */
    public void runFor(Duration duration) {
        timeline.step(driver.elapsed(), "runs for " + duration);
        driver.pass(duration);
        check();
    }

    /** Since the start, virtual or real. */
    public Duration elapsed() {
        return driver.elapsed();
    }

    /** Ends a validator at once, as a crash does. */
    public void kill(int validator) {
        need(Capability.KILL);
        end(validator, "kills", driver::kill);
    }

    /** Ends a validator at once, and what its disk has not been told to keep is lost. */
    public void powerOff(int validator) {
        need(Capability.POWER_LOSS);
        end(validator, "cuts the power of", driver::powerOff);
    }

    private void end(int validator, String how, IntConsumer ending) {
        requireUp(validator);
        timeline.step(driver.elapsed(), how + " v" + validator);
        ending.accept(validator);
        down.add(validator);
        paused.remove(validator);
    }

    /** Starts a validator that was ended, with what it had stored. */
    public void restart(int validator) {
        requireDown(validator);
        timeline.step(driver.elapsed(), "starts v" + validator);
        driver.restart(validator);
        down.remove(validator);
    }

    /** Stops a validator where it is. */
    public void pause(int validator) {
        need(Capability.PAUSE);
        requireUp(validator);
        if (!paused.add(validator)) {
            throw new ClusterException("v" + validator + " is paused already");
        }
        timeline.step(driver.elapsed(), "pauses v" + validator);
        driver.pause(validator);
    }

    /** Lets a validator go on that was paused. */
    public void resume(int validator) {
        if (!paused.remove(require(validator))) {
            throw new ClusterException("v" + validator + " is not paused");
        }
        timeline.step(driver.elapsed(), "resumes v" + validator);
        driver.resume(validator);
    }

    /** Parts a group from the others: nothing gets through, in either direction, until {@link #heal}. */
    public void partition(int... group) {
        need(Capability.PARTITION);
        Set<Integer> one = new TreeSet<>();
        for (int validator : group) {
            one.add(require(validator));
        }
        timeline.step(driver.elapsed(), "parts v" + one + " from the others");
        for (int from = 0; from < size; from++) {
            for (int to = 0; to < size; to++) {
                if (one.contains(from) != one.contains(to)) {
                    driver.cut(from, to);
                }
            }
        }
    }

    /** Loses what one validator sends to another, until {@link #heal}. */
    public void cut(int from, int to) {
        need(Capability.PARTITION);
        timeline.step(driver.elapsed(), "cuts the link from v" + require(from) + " to v" + require(to));
        driver.cut(from, to);
    }

    /** Lets what one validator sends to another take so much longer, until {@link #heal}. */
    public void delay(int from, int to, Duration by) {
        need(Capability.DELAY);
        timeline.step(driver.elapsed(), "delays what v" + require(from) + " sends to v" + require(to) + " by " + by);
        driver.delay(from, to, by);
    }

    /** Ends all partitions, cuts and delays. */
    public void heal() {
        timeline.step(driver.elapsed(), "heals all links");
        driver.heal();
    }

    /**
     * Lets a validator misbehave from now on, which costs it a restart.
     *
     * @param names of behaviours that the protocol knows, such as {@code equivocating-leader}
     */
    public void byzantine(int validator, String... names) {
        byzantine(validator, Arrays.stream(names).map(protocol::behaviour).toArray(Behaviour[]::new));
    }

    /**
     * Lets a validator misbehave from now on, which costs it a restart.
     *
     * @param behaviours known to the protocol by name, or, where validators are processes, of public classes with a public constructor
     *     without parameters
     * @throws ClusterException if there would be more than {@link #mayFail}
     */
    public void byzantine(int validator, Behaviour... behaviours) {
        need(Capability.BYZANTINE);
        Set<Integer> all = new TreeSet<>(byzantine);
        all.add(require(validator));
        if (all.size() > mayFail()) {
            throw new ClusterException(all.size() + " Byzantine validators are more than the " + mayFail() + " that "
                    + size + " can bear");
        }
        List<Behaviour> chosen = List.of(behaviours);
        timeline.step(
                driver.elapsed(),
                "lets v" + validator + " misbehave: "
                        + chosen.stream().map(Behaviour::name).toList());
        if (!down.contains(validator)) {
            driver.kill(validator);
            paused.remove(validator);
        }
        byzantine.add(validator);
        watchtower.expectAnything(validator);
        ledger.expectStrangers();
        driver.restart(validator, chosen);
        down.remove(validator);
    }

    /**
     * Plays a script of faults, a line for each, in the words of scenario files: {@code kill 1}, {@code restart 1}, {@code pause 2}, {@code resume 2},
     * {@code partition 0 1 | 2 3}, {@code cut 0 1}, {@code delay 0 1 50ms}, {@code heal}, {@code byzantine 0 equivocating-leader}, {@code run for
     * 500ms}, {@code run until height 3}, {@code submit "a" to 1}, and {@code at 5s} before any of them for when it is to be done, counted from
     * the script's begin.
     *
     * @param commands makes a command of what stands in quotes
     * @throws IllegalArgumentException that names the first line that is not understood; nothing has been done then
     */
    public void play(String script, Function<String, C> commands) {
        FaultScript.parse(script).play(this, commands);
    }

    /** Plays a script that submits nothing. */
    public void play(String script) {
        play(script, text -> {
            throw new ClusterException(
                    "this script submits '" + text + "'; give play a function that makes commands of text");
        });
    }

    public boolean isRunning(int validator) {
        return !down.contains(require(validator)) && !paused.contains(validator);
    }

    public boolean isByzantine(int validator) {
        return byzantine.contains(require(validator));
    }

    /** The last height of a validator's log, as it says; 0 if it does not answer. */
    public long height(int validator) {
        return down.contains(require(validator)) ? 0 : driver.height(validator);
    }

    /** The height that a validator has executed and the hash of its state there; empty if it does not answer. */
    public Optional<StateAt> state(int validator) {
        return isRunning(validator) ? driver.state(validator) : Optional.empty();
    }

    /** Those that were not made Byzantine, are not down and not paused. */
    public Set<Integer> correctAndRunning() {
        Set<Integer> all = new LinkedHashSet<>();
        for (int i = 0; i < size; i++) {
            if (!byzantine.contains(i) && isRunning(i)) {
                all.add(i);
            }
        }
        return all;
    }

    /** From now on it must hold whenever something has happened. */
    void always(Always condition) {
        always.add(condition);
    }

    void never(Always condition) {
        always.remove(condition);
    }

    /** When the oldest command was sent that has no answer, since the start. */
    Optional<Duration> oldestUnanswered() {
        return Optional.ofNullable(unanswered.firstEntry()).map(Map.Entry::getValue);
    }

    Ledger<C, R> ledger() {
        return ledger;
    }

    Watchtower watchtower() {
        return watchtower;
    }

    Duration patience() {
        return patience;
    }

    /** @throws Violation if something that always must hold does not */
    void check() {
        watchtower.check();
        always.forEach(Always::check);
    }

    /** What the cluster has in files outlives it. */
    void keepFiles() {
        driver.keepFiles();
    }

    /** All that helps whoever reads of a failure. */
    String report() {
        StringBuilder text = new StringBuilder();
        text.append("in the world ")
                .append(world.word())
                .append(", by ")
                .append(protocol.name())
                .append("; again: ");
        text.append(driver.again()).append("\n\n").append(timeline);
        for (int i = 0; i < size; i++) {
            text.append(String.format(Locale.ROOT, "%nv%d %s%n", i, standing(i)));
            driver.logTail(i).forEach(line -> text.append("    ").append(line).append('\n'));
        }
        return text.toString();
    }

    private String standing(int validator) {
        String kind = byzantine.contains(validator) ? "(Byzantine) " : "";
        if (down.contains(validator)) {
            return kind + "is down";
        }
        return kind + (paused.contains(validator) ? "is paused" : driver.status(validator));
    }

    private void need(Capability capability) {
        if (!needs.contains(capability)) {
            throw new ClusterException("the test does not say that it needs " + capability + ": @ClusterTest(needs = "
                    + capability + "), so that it is skipped where there is no such thing");
        }
    }

    private int require(int validator) {
        if (validator < 0 || validator >= size) {
            throw new ClusterException("there is no validator " + validator + ": they are 0 to " + (size - 1));
        }
        return validator;
    }

    private void requireUp(int validator) {
        if (down.contains(require(validator))) {
            throw new ClusterException("v" + validator + " is down already");
        }
    }

    private void requireDown(int validator) {
        if (!down.contains(require(validator))) {
            throw new ClusterException("v" + validator + " is not down");
        }
    }

    @Override
    public void close() {
        driver.close();
    }
}
