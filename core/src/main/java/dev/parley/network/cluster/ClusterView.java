package dev.parley.network.cluster;

import dev.parley.consensus.ValidatorId;
import dev.parley.network.PeerAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * What the Pekko cluster takes the validators for: shown to operators, asked by nobody else. It lags, and one dead validator is enough for
 * it to miss others that run well.
 */
public final class ClusterView {
    /** How the membership sees a validator. */
    public enum State {
        UP,
        UNREACHABLE,
        /** Joining or leaving. */
        CHANGING,
        ABSENT
    }

    private final Cluster cluster;
    private final List<PeerAddress> addresses;

    private ClusterView(Cluster cluster, List<PeerAddress> addresses) {
        this.cluster = cluster;
        this.addresses = addresses;
    }

    /** @throws IllegalArgumentException if {@code settings} have no membership */
    public static ClusterView of(ActorSystem<?> system, ClusterSettings settings) {
        if (!settings.membership()) {
            throw new IllegalArgumentException(
                    "there is no membership to look at; set parley.network.cluster.membership = on");
        }
        return new ClusterView(Cluster.get(system), settings.addresses());
    }

    public State state(ValidatorId validator) {
        return states().get(validator.index());
    }

    /** By index, as this process sees it now. */
    public List<State> states() {
        CurrentClusterState now = cluster.state();
        Set<PeerAddress> unreachable = new HashSet<>();
        now.getUnreachable().forEach(member -> unreachable.add(address(member)));
        List<State> states = new ArrayList<>();
        for (PeerAddress address : addresses) {
            State state = State.ABSENT;
            for (Member member : now.getMembers()) {
                if (address(member).equals(address)) {
                    state = unreachable.contains(address)
                            ? State.UNREACHABLE
                            : member.status().equals(MemberStatus.up()) ? State.UP : State.CHANGING;
                }
            }
            states.add(state);
        }
        return states;
    }

    private static PeerAddress address(Member member) {
        return new PeerAddress(
                member.address().getHost().orElse(""),
                member.address().getPort().orElse(0));
    }
}
