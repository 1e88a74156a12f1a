package dev.parley.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.testkit.contract.RecordedProtocol.Life;
import dev.parley.testkit.contract.RecordedProtocol.Step;
import dev.parley.testkit.sim.Fault;
import dev.parley.testkit.sim.RunResult;
import dev.parley.testkit.sim.Simulation;
import dev.parley.testkit.sim.SimulationOptions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that correct validators said, kept and decided in one simulated run with crashes, partitions and losses. */
final class RecordedRun {
    private static final int BLOCKS = 30;
    private static final int VALIDATORS = 4;
    /** Of each class of messages and of records. */
    private static final int SAMPLES = 40;

    /** A message with one who said it. */
    record Said(ValidatorId from, ConsensusMessage message) {}

    final List<Life> lives;
    final MessageCodec codec;
    /** No two have the same bytes; {@value #SAMPLES} of each class. */
    final List<Said> samples = new ArrayList<>();
    /** All messages, in the order in which they were said, those that were said again included. */
    final List<Said> said = new ArrayList<>();

    final List<ConsensusRecord> records = new ArrayList<>();
    /** By height, each once. */
    final List<DecidedBlock> decided;

    final List<Certificate> certificates = new ArrayList<>();

    private RecordedRun(RecordedProtocol protocol) {
        lives = protocol.lives();
        codec = protocol.protocol().createCodec(setup());
        Map<Long, DecidedBlock> blocks = new LinkedHashMap<>();
        Map<Class<?>, Integer> counts = new HashMap<>();
        Set<Digest> known = new HashSet<>();
        for (Life life : lives) {
            for (Step step : life.steps()) {
                for (Effect effect : step.effects()) {
                    switch (effect) {
                        case Effect.Send send -> add(life, send.message(), counts, known);
                        case Effect.Broadcast broadcast -> add(life, broadcast.message(), counts, known);
                        case Effect.Persist persist -> {
                            if (counts.merge(persist.record().getClass(), 1, Integer::sum) <= SAMPLES) {
                                records.add(persist.record());
                            }
                        }
                        case Effect.Decide decide ->
                            blocks.putIfAbsent(decide.block().height(), decide.block());
                        case Effect.Certify certify -> certificates.add(certify.certificate());
                        default -> {}
                    }
                }
            }
        }
        decided = List.copyOf(blocks.values());
        decided.forEach(block -> certificates.add(block.certificate()));
    }

    /** @param checksProposals whether the application is asked about proposals before they are decided */
    static RecordedRun of(ConsensusProtocol protocol, boolean checksProposals, long seed) {
        RecordedProtocol recorded = new RecordedProtocol(protocol);
        EnumSet<Fault> faults = EnumSet.allOf(Fault.class);
        faults.remove(Fault.BYZANTINE);
        faults.remove(Fault.LOST_DISK);
        SimulationOptions options = SimulationOptions.DEFAULTS
                .withValidators(VALIDATORS)
                .withBlocks(BLOCKS)
                .withFaults(faults);
        RunResult.Failure failure = new Simulation(new AnyProtocol(recorded.protocol(), checksProposals), options)
                .run(seed)
                .failure();
        assertThat(failure).as("seed %d of the simulator", seed).isNull();
        return new RecordedRun(recorded);
    }

    /** Of any of the validators: for public questions, and for cores of a test's own. */
    ConsensusSetup setup() {
        return lives.getFirst().setup();
    }

    byte[] bytes(ConsensusMessage message) {
        BinaryWriter out = new BinaryWriter();
        codec.writeMessage(message, out);
        return out.toByteArray();
    }

    byte[] bytes(ConsensusRecord kept) {
        BinaryWriter out = new BinaryWriter();
        codec.writeRecord(kept, out);
        return out.toByteArray();
    }

    byte[] bytes(Certificate certificate) {
        BinaryWriter out = new BinaryWriter();
        codec.writeCertificate(certificate, out);
        return out.toByteArray();
    }

    private void add(Life life, ConsensusMessage message, Map<Class<?>, Integer> counts, Set<Digest> known) {
        Said one = new Said(life.setup().self(), message);
        said.add(one);
        if (counts.getOrDefault(message.getClass(), 0) < SAMPLES && known.add(Digest.sha256(bytes(message)))) {
            counts.merge(message.getClass(), 1, Integer::sum);
            samples.add(one);
        }
    }
}
