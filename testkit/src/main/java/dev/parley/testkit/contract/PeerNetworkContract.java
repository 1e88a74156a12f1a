package dev.parley.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.consensus.ValidatorId;
import dev.parley.network.Network;
import dev.parley.network.PeerAddress;
import dev.parley.network.PeerNetwork;
import dev.parley.testkit.cluster.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What {@link PeerNetwork} promises beyond {@link Network}: what is sent is kept while a peer does not read, its connection is lost or it is away,
 * up to a bound, and comes in order in the end. The networks reach each other through wires that the tests break.
 */
public abstract class PeerNetworkContract extends NetworkContract {
    /** What may wait for one peer in small frames, in the networks that {@link #open(int, List, int)} makes. */
    protected static final int SMALL_BYTES = 1 << 20;

    private static final ValidatorId V1 = new ValidatorId(1);

    private final List<Integer> ports = ports();
    private final List<BreakableWire> wires =
            ports.stream().map(BreakableWire::to).toList();
    private final Map<Integer, PeerNetwork> networks = new TreeMap<>();

    /**
     * Makes a validator's network.
     *
     * @param addresses where all are reached
     * @param bindPort where this one listens, on 127.0.0.1
     */
    protected abstract PeerNetwork open(int validator, List<PeerAddress> addresses, int bindPort);

    /** Ends what {@link #open(int, List, int)} began. */
    protected abstract void close(int validator, PeerNetwork network);

    @Override
    protected final Network open(int validator) {
        PeerNetwork network = open(
                validator,
                wires.stream()
                        .map(wire -> new PeerAddress("127.0.0.1", wire.port()))
                        .toList(),
                ports.get(validator));
        networks.put(validator, network);
        return network;
    }

    @Override
    protected final void close(int validator) {
        PeerNetwork network = networks.remove(validator);
        if (network != null) {
            close(validator, network);
        }
    }

    @AfterEach
    void unplug() {
        endAll();
        wires.forEach(BreakableWire::close);
    }

    private PeerNetwork network(int validator) {
        PeerNetwork network = networks.get(validator);
        if (network == null) {
            throw new IllegalStateException("v" + validator + " has none");
        }
        return network;
    }

    private void connected(int one, int other) {
        await().atMost(PATIENCE)
                .until(() -> network(one).isOpen(new ValidatorId(other))
                        && network(other).isOpen(new ValidatorId(one)));
    }

    /** v1, when v0 and it have a connection, and each has said 0 to the other. */
    private Member acquaintedWith(Member v0) {
        Member v1 = begin(1);
        v0.say(1, 0);
        v1.say(0, 0);
        connected(0, 1);
        return v1;
    }

    @Test
    void nobody_joins_but_the_validator_of_this_process() {
        Member v0 = begin(0);
        assertThatThrownBy(() -> v0.network.join(V1, v0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("own index");
    }

    @Test
    void what_was_under_way_when_connections_broke_comes_in_order() {
        Member v0 = begin(0);
        Member v1 = acquaintedWith(v0);
        for (long i = 1; i <= 3000; i++) {
            v0.say(1, i);
            v1.say(0, i);
            if (i % 1000 == 500) {
                wires.forEach(BreakableWire::cut);
            }
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(v1.heard(0)).isEqualTo(numbers(0, 3001));
            assertThat(v0.heard(1)).isEqualTo(numbers(0, 3001));
        });
        await().atMost(PATIENCE).until(() -> network(0).outstandingBytes(V1) == 0);
    }

    @Test
    void what_found_no_room_is_not_lost_when_the_connection_is() {
        Member v0 = begin(0);
        Member v1 = acquaintedWith(v0);
        await().atMost(PATIENCE).until(() -> v1.heard(0).size() == 1);
        v1.leaveNoRoom();
        for (long i = 1; i <= 300; i++) {
            v0.say(1, i);
        }
        for (int round = 0; round < 3; round++) {
            wires.forEach(BreakableWire::cut);
            connected(0, 1);
        }
        v1.makeRoom();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(v1.heard(0)).isEqualTo(numbers(0, 301)));
    }

    @Test
    void what_waited_for_a_peer_that_was_away_comes_first() {
        Member v0 = begin(0);
        acquaintedWith(v0);
        end(1);
        for (long i = 2; i < 100; i++) {
            v0.say(1, i);
        }
        Member again = begin(1);
        v0.say(1, 100);
        await().atMost(PATIENCE).until(() -> again.heard(0).contains(100L));
        assertThat(again.heard(0)).endsWith(numbers(2, 101).toArray(new Long[0]));
    }

    @Test
    void a_peer_that_takes_nothing_costs_its_bound_and_others_nothing() {
        Member v0 = begin(0);
        Member slow = begin(1);
        Member v2 = begin(2);
        v0.sayToAll(0);
        slow.say(0, 0);
        v2.say(0, 0);
        connected(0, 1);
        connected(0, 2);
        wires.get(0).hold();
        wires.get(1).hold();
        // What its sockets hold on the way is not the network's.
        for (long i = 1; i <= 100_000; i++) {
            v0.say(1, i);
            assertThat(network(0).outstandingBytes(V1)).isLessThanOrEqualTo(SMALL_BYTES);
        }
        assertThat(network(0).dropped(V1)).isPositive();
        wires.get(0).release();
        v0.say(2, 1);
        await().atMost(PATIENCE).until(() -> v2.heard(0).contains(1L));
        wires.get(1).release();
        v0.say(1, 999_999);
        await().atMost(PATIENCE).until(() -> slow.heard(0).contains(999_999L));
        assertThat(slow.heard(0)).as("what was left is in order").isSorted();
    }

    @Test
    void a_large_message_does_not_hold_up_small_ones() {
        Member v0 = begin(0);
        Member v1 = acquaintedWith(v0);
        wires.forEach(BreakableWire::slow);
        for (int i = 1; i <= 8; i++) {
            v0.send(1, commandOf(1 << 20, i));
        }
        v0.say(1, 1);
        await().atMost(PATIENCE).until(() -> v1.heard(0).contains(1L));
        assertThat(v1.contents(0)).as("what was sent before and is large").hasSizeLessThan(8);
        wires.forEach(BreakableWire::release);
        await().atMost(PATIENCE).until(() -> v1.contents(0).size() == 8);
    }

    @Test
    void nothing_is_left_of_a_network_that_was_closed() throws InterruptedException {
        OwnThreads threads = new OwnThreads();
        threads.run(() -> {
            acquaintedWith(begin(0));
            assertThat(threads.alive()).hasSizeGreaterThan(1);
            end(0);
            end(1);
        });
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(threads.alive()).isEmpty());
        for (int port : ports.subList(0, 2)) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(socket.isBound()).isTrue();
            } catch (IOException e) {
                throw new UncheckedIOException("port " + port + " is taken still", e);
            }
        }
        acquaintedWith(begin(0));
    }

    private static List<Integer> ports() {
        try {
            return FreePorts.take(VALIDATORS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
