package dev.parley;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.CommandPayloads;
import dev.parley.network.PeerCodec;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Who the validators of a chain are, as all its processes and clients are told: {@code parley.chain-id}, {@code parley.validators}, {@code
 * parley.client.addresses}.
 *
 * @param clientAddresses where validators listen for clients, by index; empty if that is not said
 */
public record Membership(SigningDomain domain, ValidatorSet validators, List<InetSocketAddress> clientAddresses) {
    private static final int FEWEST = 4;

    public Membership {
        clientAddresses = List.copyOf(clientAddresses);
    }

    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static Membership of(Config config, SignatureScheme scheme) {
        List<PublicKey> keys = new ArrayList<>();
        List<Long> powers = new ArrayList<>();
        for (Config validator : config.getConfigList("parley.validators")) {
            String digits = validator.getString("public-key");
            try {
                keys.add(new PublicKey(HexFormat.of().parseHex(digits)));
            } catch (IllegalArgumentException e) {
                throw bad(
                        config,
                        "parley.validators",
                        "has a public-key '" + digits + "' that is no key in hexadecimal digits");
            }
            powers.add(validator.hasPath("power") ? validator.getLong("power") : 1);
        }
        if (keys.size() < FEWEST) {
            throw bad(
                    config,
                    "parley.validators",
                    "lists " + keys.size()
                            + "; n >= 3f + 1 with f >= 1 needs at least 4: give each with its public-key");
        }
        ValidatorSet validators;
        try {
            validators = ValidatorSet.of(
                    scheme, keys, powers.stream().mapToLong(Long::longValue).toArray());
        } catch (IllegalArgumentException e) {
            throw bad(config, "parley.validators", "is no set of validators: " + e.getMessage());
        }
        return new Membership(
                new SigningDomain(config.getString("parley.chain-id"), 0), validators, addresses(config, keys.size()));
    }

    private static List<InetSocketAddress> addresses(Config config, int validators) {
        List<String> texts = config.getStringList("parley.client.addresses");
        if (!texts.isEmpty() && texts.size() != validators) {
            throw bad(
                    config,
                    "parley.client.addresses",
                    "has " + texts.size() + " entries for " + validators + " validators; give one host:port for each");
        }
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            int colon = text.lastIndexOf(':');
            int port = colon < 1 ? -1 : port(text.substring(colon + 1));
            if (port < 1) {
                throw bad(config, "parley.client.addresses", "holds '" + text + "', which is no host:port");
            }
            addresses.add(InetSocketAddress.createUnresolved(text.substring(0, colon), port));
        }
        return addresses;
    }

    private static int port(String digits) {
        try {
            int port = Integer.parseInt(digits);
            return port > 65535 ? -1 : port;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The codec of the protocol for whoever is no validator and reads what they wrote. */
    public MessageCodec codec(ConsensusProtocol protocol, SignatureScheme scheme) {
        return protocol.createCodec(reader(domain, validators, scheme));
    }

    /** The same for what validators say to each other. */
    public PeerCodec peerCodec(ConsensusProtocol protocol, SignatureScheme scheme) {
        return new PeerCodec(codec(protocol, scheme), CommandPayloads.INSTANCE);
    }

    /** What a protocol is told by whoever is no validator and reads what they wrote: as any of them has it, but for secrets; signing fails. */
    public static ConsensusSetup reader(SigningDomain domain, ValidatorSet validators, SignatureScheme scheme) {
        ValidatorId any = validators.validators().getFirst().id();
        return new ConsensusSetup(
                any, validators, domain, scheme, new NoSigner(validators.key(any)), CommandPayloads.INSTANCE, null);
    }

    /** Of who has no key. */
    private record NoSigner(PublicKey publicKey) implements Signer {
        @Override
        public Signature sign(byte[] statement) {
            throw new IllegalStateException("who reads does not sign");
        }
    }

    /** Refuses powers that the protocol does not count. */
    static void requireFit(ConsensusProtocol protocol, ValidatorSet validators) {
        long powers = validators.validators().stream()
                .map(Validator::power)
                .distinct()
                .count();
        if (!protocol.countsPower() && powers > 1) {
            throw new IllegalArgumentException(protocol.name() + " counts validators and not their power, and "
                    + validators + " have different ones; give all the same");
        }
    }

    private static ConfigException bad(Config config, String path, String what) {
        return new ConfigException.BadValue(config.getValue(path).origin(), path, what);
    }
}
