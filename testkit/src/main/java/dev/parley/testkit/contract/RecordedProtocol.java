package dev.parley.testkit.contract;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import dev.parley.crypto.Signer;
import dev.parley.testkit.byzantine.WithOtherCores;
import java.util.ArrayList;
import java.util.List;

/** A protocol whose cores do as they always do, and all that goes in and comes out is kept. Not thread-safe. */
final class RecordedProtocol {
    /**
     * One core from its birth to its end.
     *
     * @param setup as it was before recording
     * @param steps in order
     * @param signed what the core signed, in order
     */
    record Life(ConsensusSetup setup, List<Step> steps, List<SignedStatement> signed) {}

    record Step(Input input, List<Effect> effects) {}

    private final ConsensusProtocol honest;
    private final List<Life> lives = new ArrayList<>();

    RecordedProtocol(ConsensusProtocol honest) {
        this.honest = honest;
    }

    /** In the order of their births; a validator that restarted has several. */
    List<Life> lives() {
        return lives;
    }

    /** The same in all but that. */
    ConsensusProtocol protocol() {
        return new WithOtherCores(honest, setup -> {
            Life life = new Life(setup, new ArrayList<>(), new ArrayList<>());
            lives.add(life);
            ConsensusSetup recorded = setup.withSigner(new RecordingSigner(setup.signer(), life.signed()));
            return new RecordedCore(honest.createCore(recorded), life);
        });
    }

    private record RecordedCore(ConsensusCore core, Life life) implements ConsensusCore {
        @Override
        public List<Effect> handle(Input input) {
            List<Effect> effects = core.handle(input);
            life.steps().add(new Step(input, List.copyOf(effects)));
            return effects;
        }

        @Override
        public CoreReport report() {
            return core.report();
        }
    }

    private record RecordingSigner(Signer signer, List<SignedStatement> signed) implements Signer {
        @Override
        public PublicKey publicKey() {
            return signer.publicKey();
        }

        @Override
        public Signature sign(byte[] statement) {
            Signature signature = signer.sign(statement);
            signed.add(new SignedStatement(statement, signature));
            return signature;
        }
    }
}
