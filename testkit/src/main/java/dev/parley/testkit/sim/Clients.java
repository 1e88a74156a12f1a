package dev.parley.testkit.sim;

import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.mempool.Admission;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A few clients, each with one command under way. One that hears nothing, or is sent away, brings the same command to the next validator. A
 * command that was executed is answered by the validator that it was last brought to.
 */
final class Clients {
    private static final long NAME = 0x5EED_C11E_4750_0001L;
    private static final long RETRY_MICROS = 400_000;
    private static final long LIFETIME_MILLIS = 9 * 60_000;

    private final SimulatedCluster cluster;
    private final RandomStream random;
    private final Command[] commands;
    private final int[] home;
    private final long[] sequences;
    private final long[] deadlines;

    Clients(SimulatedCluster cluster, int count, RandomStream random) {
        this.cluster = cluster;
        this.random = random;
        this.commands = new Command[count];
        this.home = new int[count];
        this.sequences = new long[count];
        this.deadlines = new long[count];
        for (int i = 0; i < count; i++) {
            home[i] = random.nextInt(cluster.size());
            next(i);
            cluster.queue().add(random.nextInt(20_000), Event.Kind.CLIENT, i);
        }
    }

    /** The time has come to bring a command, for the first time or again. */
    void act(int client, long now) {
        if (now < deadlines[client]) {
            cluster.queue().add(deadlines[client], Event.Kind.CLIENT, client);
            return;
        }
        if (deadlines[client] > 0) {
            cluster.count(Counter.CLIENT_RETRIES);
            home[client] = (home[client] + 1) % cluster.size();
        }
        submit(client, now);
        cluster.queue().add(deadlines[client], Event.Kind.CLIENT, client);
    }

    void replied(int client, long sequence, long now) {
        if (sequences[client] == sequence) {
            next(client);
            submit(client, now);
        }
    }

    /** Commands were executed at a validator. */
    void executed(int validator, CommandBatch batch) {
        List<Command> executed = batch.commands();
        for (int i = 0; i < executed.size(); i++) {
            CommandId id = executed.get(i).id();
            if (id.client().high() != NAME) {
                continue;
            }
            int client = (int) id.client().low();
            if (client < home.length && home[client] == validator && sequences[client] == id.sequence()) {
                reply(client);
            }
        }
    }

    private void submit(int client, long now) {
        deadlines[client] = now + RETRY_MICROS;
        SimulatedValidator validator = cluster.validator(home[client]);
        if (validator.isUp()) {
            Admission admission = validator.submit(commands[client]);
            if (admission instanceof Admission.AlreadyOrdered) {
                reply(client);
            }
        }
    }

    private void reply(int client) {
        cluster.queue().add(cluster.now() + cluster.clientDelay(), Event.Kind.REPLY, client).number = sequences[client];
    }

    private void next(int client) {
        long sequence = ++sequences[client];
        byte[] content =
                ByteBuffer.allocate(Long.BYTES).putLong(random.nextLong()).array();
        commands[client] = new Command(
                new CommandId(new ClientId(NAME, client), sequence),
                Command.DEFAULT_LANE,
                cluster.startMillis() + cluster.now() / 1000 + LIFETIME_MILLIS,
                content);
        cluster.count(Counter.COMMANDS);
        cluster.watch().submitted(commands[client]);
    }
}
