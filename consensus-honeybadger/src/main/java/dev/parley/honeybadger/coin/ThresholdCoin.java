package dev.parley.honeybadger.coin;

import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.SigningDomain;
import dev.parley.crypto.threshold.ThresholdKeys;
import dev.parley.crypto.threshold.ThresholdSecret;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.honeybadger.Offload;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Coins from a unique threshold signature (Cachin, Kursawe & Shoup, PODC 2000): the coin is the lowest bit of the SHA-256 of the
 * committee's signature on (domain, epoch, instance, round). Shares are counted unverified and combined as soon as there are f + 1; the
 * result is verified once, and only if that fails each share is, so that a liar costs its own blame and no more.
 */
public final class ThresholdCoin implements Coin {
    /** Is told of each coin that came out, once: for reports, never for decisions. */
    @FunctionalInterface
    public interface Listener {
        void tossed(int round, boolean side);
    }

    private final ThresholdKeys keys;
    private final ThresholdSecret secret;
    private final SigningDomain.Kind kind;
    private final long epoch;
    private final ValidatorId instance;
    private final Offload offload;
    private final CoinRules rules;
    private final Listener listener;

    /**
     * @param instance the proposer about whose broadcast is agreed
     * @param offload where shares are combined and verified; the agreement is to be examined again when that is done
     */
    public ThresholdCoin(
            ThresholdSetup setup,
            SigningDomain domain,
            long epoch,
            ValidatorId instance,
            Offload offload,
            CoinRules rules,
            Listener listener) {
        this.keys = setup.keys();
        this.secret = setup.secret();
        this.kind = domain.kind("honeybadger.coin");
        this.epoch = epoch;
        this.instance = instance;
        this.offload = offload;
        this.rules = rules;
        this.listener = listener;
    }

    /** What the committee signs. */
    public byte[] statement(int round) {
        return rules.bindsInstance()
                ? kind.statement(
                        8 + 4 + 4, out -> out.i64(epoch).i32(instance.index()).i32(round))
                : kind.statement(4, out -> out.i32(round));
    }

    /** Own share, which whoever asks gives away. */
    public Share share(int round) {
        return new Share(secret.signatureShare(statement(round)));
    }

    @Override
    public Toss toss(int round) {
        return new ThresholdToss(round);
    }

    private final class ThresholdToss implements Toss {
        private final int round;
        private final byte[] statement;
        /** By party; in the order of parties. */
        private final Map<Integer, byte[]> shares = new TreeMap<>();
        /** Whose share was counted, right or wrong: there is no second one. */
        private final BitSet seen = new BitSet();

        private final BitSet verified = new BitSet();
        private @Nullable Boolean value;
        private boolean underWay;
        /** With how many shares it was tried last: with the same ones there is no point. */
        private int tried;
        /** Whose wrong shares nobody has been told of. */
        private final List<ValidatorId> culprits = new ArrayList<>();

        ThresholdToss(int round) {
            this.round = round;
            this.statement = statement(round);
        }

        @Override
        public boolean add(ValidatorId from, Share share) {
            if (seen.get(from.index())) {
                return false;
            }
            seen.set(from.index());
            if (value == null) {
                shares.put(from.index(), share.toBytes());
            }
            return true;
        }

        @Override
        public Share release() {
            Share own = new Share(secret.signatureShare(statement));
            int self = secret.party();
            seen.set(self);
            verified.set(self);
            shares.put(self, own.toBytes());
            return own;
        }

        @Override
        public @Nullable Boolean value(Consumer<ValidatorId> blame) {
            while (value == null && !underWay && shares.size() >= keys.threshold() && shares.size() != tried) {
                underWay = true;
                tried = shares.size();
                Map<Integer, byte[]> counted = new TreeMap<>(shares);
                BitSet known = (BitSet) verified.clone();
                offload.compute(() -> attempt(statement, counted, known), this::take);
                if (underWay) {
                    break;
                }
            }
            culprits.forEach(blame);
            culprits.clear();
            return value;
        }

        private void take(Attempt attempt) {
            underWay = false;
            if (attempt.side() != null) {
                value = attempt.side();
                shares.clear();
                listener.tossed(round, attempt.side());
                return;
            }
            attempt.right().forEach(verified::set);
            for (int party : attempt.wrong()) {
                shares.remove(party);
                tried = 0;
                culprits.add(new ValidatorId(party));
            }
        }
    }

    /**
     * What came of combining some shares.
     *
     * @param side null if the result was no signature
     * @param right parties whose share was looked at then and is right
     * @param wrong those whose share is not
     */
    private record Attempt(@Nullable Boolean side, List<Integer> right, List<Integer> wrong) {}

    /** A pure function: combines, verifies once, and looks at each share that is not known to be right only if that failed. */
    private Attempt attempt(byte[] statement, Map<Integer, byte[]> shares, BitSet known) {
        byte[] signature = keys.combineSignature(shares);
        if (!rules.verifiesShares()) {
            return new Attempt(side(signature == null ? new byte[0] : signature), List.of(), List.of());
        }
        if (signature != null && keys.isSignature(statement, signature)) {
            return new Attempt(side(signature), List.of(), List.of());
        }
        List<Integer> right = new ArrayList<>();
        List<Integer> wrong = new ArrayList<>();
        shares.forEach((party, share) -> {
            if (!known.get(party)) {
                (keys.isSignatureShare(party, statement, share) ? right : wrong).add(party);
            }
        });
        return new Attempt(null, right, wrong);
    }

    private static boolean side(byte[] signature) {
        return (Digest.sha256(signature).d() & 1) == 1;
    }
}
