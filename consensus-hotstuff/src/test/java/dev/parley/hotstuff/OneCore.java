package dev.parley.hotstuff;

import static dev.parley.hotstuff.Fixture.v;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.Restored;
import dev.parley.consensus.observe.Observation;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** One core with its disk, driven input by input, without verifier and without peers. */
final class OneCore {
    private final TestCluster cluster;
    private final int index;
    private final LinkedHashMap<RecordKey, ConsensusRecord> disk = new LinkedHashMap<>();
    private ConsensusCore core;

    OneCore(TestCluster cluster, int index) {
        this.cluster = cluster;
        this.index = index;
        this.core = cluster.protocol.createCore(cluster.setups[index]);
        give(new Input.Start(Restored.NOTHING));
    }

    /** Another core takes its place, with what was persisted. @return what it does at its start */
    List<Effect> restart() {
        core = cluster.protocol.createCore(cluster.setups[index]);
        return give(new Input.Start(new Restored(new ArrayList<>(disk.values()), null)));
    }

    List<Effect> give(Input input) {
        List<Effect> effects = core.handle(input);
        for (Effect effect : effects) {
            if (effect instanceof Effect.Persist(var key, var record)) {
                disk.put(key, record);
            } else if (effect instanceof Effect.Forget(var key)) {
                disk.remove(key);
            }
        }
        return effects;
    }

    List<Effect> receive(int from, HotStuffMessage message) {
        return give(new Input.Received(v(from), message));
    }

    /** A received proposal with its check passed. */
    List<Effect> propose(Proposal proposal) {
        List<Effect> effects =
                new ArrayList<>(receive(proposal.block().proposer().index(), proposal));
        effects.addAll(give(new Input.PayloadChecked(proposal.block().id(), true)));
        return effects;
    }

    List<Effect> timeOut() {
        return give(new Input.TimerFired(HotStuffCore.VIEW_TIMER));
    }

    long view() {
        return core.report().view();
    }

    List<String> details() {
        return core.report().details();
    }

    static <T extends HotStuffMessage> List<T> messages(List<Effect> effects, Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Send(var to, var message) && type.isInstance(message)) {
                found.add(type.cast(message));
            } else if (effect instanceof Effect.Broadcast(var message) && type.isInstance(message)) {
                found.add(type.cast(message));
            }
        }
        return found;
    }

    static List<Reason> refusals(List<Effect> effects) {
        List<Reason> reasons = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Observe(Observation.Refused refused)) {
                reasons.add(refused.refusal().reason());
            }
        }
        return reasons;
    }
}
