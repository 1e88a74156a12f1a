package dev.parley.testkit.cluster;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.Signer;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import dev.parley.testkit.byzantine.WithOtherCores;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells what correct validators of the real shell have signed, once it leaves them: a signature that a crash swallows binds nobody. Put around the
 * protocol and around the network of the same validators. Thread-safe.
 */
final class WatchedNode {
    /** Is told a statement before the message that holds its signature leaves. */
    interface Told {
        void signed(int validator, byte[] statement);
    }

    private final Told told;
    private final Leaving[] validators;

    WatchedNode(int validators, Told told) {
        this.told = told;
        this.validators = new Leaving[validators];
        for (int i = 0; i < validators; i++) {
            this.validators[i] = new Leaving();
        }
    }

    /** What one validator has signed and nobody has seen. */
    private static final class Leaving {
        @SuppressWarnings("ArrayRecordComponent") // private, never compared
        private record Signed(byte[] statement, long askedBefore) {}

        private final ArrayDeque<Signed> unseen = new ArrayDeque<>();
        private long asked;
        private long left;

        synchronized void begin() {
            unseen.clear();
            asked = 0;
            left = 0;
        }

        synchronized void sign(byte[] statement) {
            unseen.add(new Signed(statement.clone(), asked));
        }

        synchronized void ask(List<Effect> effects) {
            for (Effect effect : effects) {
                if (effect instanceof Effect.Send || effect instanceof Effect.Broadcast) {
                    asked++;
                }
            }
        }

        /** A message leaves; messages leave in the order in which the core asked for them. */
        synchronized List<byte[]> leave() {
            left++;
            List<byte[]> seen = new ArrayList<>();
            while (!unseen.isEmpty() && unseen.element().askedBefore() < left) {
                seen.add(unseen.remove().statement());
            }
            return seen;
        }
    }

    ConsensusProtocol around(ConsensusProtocol protocol) {
        return new WithOtherCores(protocol, setup -> {
            Leaving leaving = validators[setup.self().index()];
            leaving.begin();
            ConsensusSetup watched = setup.withSigner(new WatchedSigner(setup.signer(), leaving));
            return new WatchedCore(protocol.createCore(watched), leaving);
        });
    }

    Network around(Network network) {
        return (self, inbox) -> new WatchedLink(self, network.join(self, inbox));
    }

    private record WatchedSigner(Signer signer, Leaving leaving) implements Signer {
        @Override
        public PublicKey publicKey() {
            return signer.publicKey();
        }

        @Override
        public Signature sign(byte[] statement) {
            leaving.sign(statement);
            return signer.sign(statement);
        }
    }

    private record WatchedCore(ConsensusCore core, Leaving leaving) implements ConsensusCore {
        @Override
        public List<Effect> handle(Input input) {
            List<Effect> effects = core.handle(input);
            leaving.ask(effects);
            return effects;
        }

        @Override
        public CoreReport report() {
            return core.report();
        }
    }

    private final class WatchedLink implements Network.Link {
        private final int self;
        private final Network.Link link;

        private WatchedLink(ValidatorId self, Network.Link link) {
            this.self = self.index();
            this.link = link;
        }

        @Override
        public void send(ValidatorId to, PeerMessage message) {
            leaves(message);
            link.send(to, message);
        }

        @Override
        public void broadcast(PeerMessage message) {
            leaves(message);
            link.broadcast(message);
        }

        private void leaves(PeerMessage message) {
            if (message instanceof PeerMessage.Consensus) {
                validators[self].leave().forEach(statement -> told.signed(self, statement));
            }
        }

        @Override
        public void distrust(ValidatorId peer) {
            link.distrust(peer);
        }

        @Override
        public void close() {
            link.close();
        }
    }
}
