package dev.parley;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.KeyPair;
import dev.parley.logging.LogContext;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerNetwork;
import dev.parley.network.cluster.ClusterNetwork;
import dev.parley.network.cluster.ClusterSettings;
import dev.parley.network.links.LinkNetwork;
import dev.parley.network.links.LinksSettings;
import dev.parley.network.secure.LinkIdentity;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The kinds of network that a node can be told to use, by {@code parley.network.kind}. */
sealed interface PeerNetworks {
    /** @throws ConfigException that names the setting, its value and what it may be */
    static PeerNetworks of(Config config) {
        String kind = config.getString("parley.network.kind");
        return switch (kind) {
            case "links" -> new Links(LinksSettings.of(config), config);
            case "cluster" -> new Cluster(ClusterSettings.of(config), config);
            default ->
                throw new ConfigException.BadValue(
                        config.getValue("parley.network.kind").origin(),
                        "parley.network.kind",
                        "is \"links\" or \"cluster\", not \"" + kind + "\"");
        };
    }

    /** @throws IllegalArgumentException that says what to do, if the addresses are not one for each validator */
    void requireFor(ValidatorSet validators);

    /** @throws IllegalArgumentException that says what to do, if it cannot listen */
    ActorSystem<Void> createSystem(ValidatorId self);

    /** @throws IllegalArgumentException that says what to do, if it cannot listen */
    PeerNetwork start(ActorSystem<?> system, LinkIdentity identity, KeyPair key, PeerCodec codec, LogContext context);

    /** Those that all validators must have alike. */
    Map<String, String> sharedSettings();

    /** Links of its own. */
    record Links(LinksSettings settings, Config config) implements PeerNetworks {
        @Override
        public void requireFor(ValidatorSet validators) {
            settings.requireFor(validators);
        }

        @Override
        public ActorSystem<Void> createSystem(ValidatorId self) {
            return ActorSystem.create(Behaviors.empty(), "parley", config);
        }

        @Override
        public PeerNetwork start(
                ActorSystem<?> system, LinkIdentity identity, KeyPair key, PeerCodec codec, LogContext context) {
            return LinkNetwork.start(settings, identity, key, codec, context);
        }

        @Override
        public Map<String, String> sharedSettings() {
            return Map.of("parley.network.links.max-frame-bytes", Integer.toString(settings.maxFrameBytes()));
        }
    }

    /** Pekko's remoting. */
    record Cluster(ClusterSettings settings, Config config) implements PeerNetworks {
        @Override
        public void requireFor(ValidatorSet validators) {
            settings.requireFor(validators);
        }

        @Override
        public ActorSystem<Void> createSystem(ValidatorId self) {
            return ClusterNetwork.createSystem(settings, self, config);
        }

        @Override
        public PeerNetwork start(
                ActorSystem<?> system, LinkIdentity identity, KeyPair key, PeerCodec codec, LogContext context) {
            return ClusterNetwork.start(system, settings, identity, codec, context);
        }

        @Override
        public Map<String, String> sharedSettings() {
            return Map.of(
                    "parley.network.cluster.max-frame-bytes",
                    Integer.toString(settings.link().maxFrameBytes()));
        }
    }
}
