package dev.parley.testkit.contract;

import dev.parley.LocalCluster;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.network.Network;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.testkit.contract.RecordedRun.Said;
import java.util.List;
import java.util.Random;

/**
 * One validator's name in the hands of somebody who sends whatever he likes to one victim, as fast as he can: garbage, spoiled forms of
 * all messages of the protocol, and well-formed ones of other clusters. Takes the place of a validator that was killed.
 */
final class HostilePeer {
    private static final Signature FORGED = new Signature(new byte[64]);
    private static final byte[] HUGE_CLAIM = {6, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, -1, -1, -1, 0};

    private final LocalNetworkPlace place;
    private final RecordedRun run;
    private final PeerCodec codec;
    private final Random random;
    private final Damage damage;

    private record LocalNetworkPlace(
            dev.parley.network.LocalNetwork network, Network.Link link, ValidatorId self, ValidatorId victim) {}

    HostilePeer(LocalCluster<?, ?, ?> cluster, ValidatorId self, ValidatorId victim, RecordedRun run, long seed) {
        this.place = new LocalNetworkPlace(cluster.network(), cluster.network().join(self, new Deaf()), self, victim);
        this.run = run;
        this.codec = new PeerCodec(run.codec, CommandBatch::read);
        this.random = new Random(seed);
        this.damage = new Damage(random);
    }

    /** @param i the number of the message; its remainder decides the kind */
    void attack(long i) {
        BlockId nowhere = new BlockId(new Digest(i, i, i, i));
        switch ((int) (i % 8)) {
            case 0 -> inject(damage.garbage(200));
            case 1 -> inject(HUGE_CLAIM);
            case 2, 3 -> inject(damage.spoil(codec.encode(new PeerMessage.Consensus(anyMessage()))));
            case 4 -> send(new PeerMessage.Consensus(anyMessage()));
            case 5 -> send(new PeerMessage.StateVote(1 + i % 100_000, nowhere, Digest.ZERO, FORGED));
            case 6 ->
                send(new PeerMessage.Commands(List.of(new Command(
                        new CommandId(new ClientId(i, i), 1),
                        Command.DEFAULT_LANE,
                        System.currentTimeMillis() + 60_000,
                        new byte[256]))));
            default -> send(i % 16 == 7 ? new PeerMessage.Status(Long.MAX_VALUE - i) : anyEntries());
        }
    }

    private PeerMessage anyEntries() {
        return new PeerMessage.Entries(1, List.of(run.decided.get(random.nextInt(run.decided.size()))));
    }

    private ConsensusMessage anyMessage() {
        Said said = run.samples.get(random.nextInt(run.samples.size()));
        return said.message();
    }

    private void inject(byte[] frame) {
        place.network().inject(place.self(), place.victim(), frame);
    }

    private void send(PeerMessage message) {
        place.link().send(place.victim(), message);
    }

    private static final class Deaf implements Network.BottomlessInbox {
        @Override
        public void deliver(ValidatorId from, PeerMessage message) {}

        @Override
        public void deliverFrame(ValidatorId from, byte[] frame) {}
    }
}
