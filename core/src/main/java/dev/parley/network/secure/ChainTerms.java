package dev.parley.network.secure;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.SigningDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the validators of a chain must have alike: with another chain, set, protocol or parameter they refuse each other's blocks or
 * compute different states. Each handshake holds the hash of its maker's terms, signed, and the terms beside it, so that who differs
 * can be told in what. Immutable.
 *
 * @param protocol the name of the consensus protocol
 * @param settings by their names in the configuration, the values in one form
 * @param members in the order of their indices
 */
public record ChainTerms(
        String chainId, long epoch, String protocol, SortedMap<String, String> settings, List<Member> members) {
    /** Room for all of {@link ValidatorSet#MAX_VALIDATORS}; longer ones are not read. */
    public static final int MAX_BYTES = 96 << 10;

    private static final int MAX_CHAIN_ID_CHARS = 64;
    private static final int MAX_TEXT_BYTES = 256;
    private static final int MAX_SETTINGS = 64;
    private static final int MAX_KEY_BYTES = 64;
    /** Of each kind: who has mixed up two files differs in everything. */
    private static final int MAX_TOLD = 4;

    private static final int KEY_DIGITS = 16;

    /** One validator. */
    public record Member(PublicKey key, long power) {}

    /**
     * One way in which a peer differs.
     *
     * @param reason {@link LinkRefusal#isOfTerms}
     * @param text names both sides' values; one line
     */
    public record Difference(LinkRefusal reason, String text) {}

    public ChainTerms {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        members = List.copyOf(members);
        if (settings.size() > MAX_SETTINGS || members.size() > ValidatorSet.MAX_VALIDATORS) {
            throw new IllegalArgumentException("there are at most " + MAX_SETTINGS + " settings and "
                    + ValidatorSet.MAX_VALIDATORS + " members, not " + settings.size() + " and " + members.size());
        }
    }

    public static ChainTerms of(
            SigningDomain domain, ValidatorSet validators, String protocol, Map<String, String> settings) {
        return new ChainTerms(
                domain.chainId(),
                domain.epoch(),
                protocol,
                new TreeMap<>(settings),
                validators.validators().stream()
                        .map((Validator validator) -> new Member(validator.key(), validator.power()))
                        .toList());
    }

    /** What their validators sign is valid in. */
    SigningDomain domain() {
        return new SigningDomain(chainId, epoch);
    }

    Digest digest() {
        return Digest.sha256(toBytes());
    }

    public byte[] toBytes() {
        BinaryWriter out = new BinaryWriter(256 + 48 * members.size())
                .text(chainId)
                .i64(epoch)
                .text(protocol)
                .i32(settings.size());
        settings.forEach((name, value) -> out.text(name).text(value));
        out.i32(members.size());
        for (Member member : members) {
            out.bytes(member.key().toBytes()).i64(member.power());
        }
        return out.toByteArray();
    }

    /** @throws MalformedException on anything that {@link #toBytes} does not give */
    public static ChainTerms read(byte[] bytes) throws MalformedException {
        BinaryReader in = new BinaryReader(bytes);
        String chainId = in.text(MAX_TEXT_BYTES);
        if (chainId.isEmpty() || chainId.length() > MAX_CHAIN_ID_CHARS) {
            throw new MalformedException("a chain id has 1 to 64 characters, not " + chainId.length());
        }
        long epoch = in.nonNegative();
        String protocol = in.text(MAX_TEXT_BYTES);
        TreeMap<String, String> settings = new TreeMap<>();
        for (int left = in.count(MAX_SETTINGS, 8); left > 0; left--) {
            String name = in.text(MAX_TEXT_BYTES);
            if (!settings.isEmpty() && settings.lastKey().compareTo(name) >= 0) {
                throw new MalformedException("settings are sorted, each there once");
            }
            settings.put(name, in.text(MAX_TEXT_BYTES));
        }
        List<Member> members = new ArrayList<>();
        for (int left = in.count(ValidatorSet.MAX_VALIDATORS, 12); left > 0; left--) {
            members.add(new Member(new PublicKey(in.bytes(MAX_KEY_BYTES)), in.nonNegative()));
        }
        in.end();
        return new ChainTerms(chainId, epoch, protocol, settings, members);
    }

    /**
     * In what a peer differs, the weightiest first; empty if in nothing.
     *
     * @param peer how it is called
     */
    public List<Difference> differences(String peer, ChainTerms theirs) {
        List<Difference> found = new ArrayList<>();
        if (!theirs.chainId.equals(chainId)) {
            found.add(new Difference(
                    LinkRefusal.FOREIGN_CHAIN,
                    peer + " is of chain '" + printable(theirs.chainId) + "', this node of '" + printable(chainId)
                            + "'"));
        }
        if (theirs.epoch != epoch) {
            found.add(new Difference(
                    LinkRefusal.FOREIGN_CHAIN, peer + " is of epoch " + theirs.epoch + ", this node of " + epoch));
        }
        boolean sameProtocol = theirs.protocol.equals(protocol);
        if (!sameProtocol) {
            found.add(new Difference(
                    LinkRefusal.OTHER_PROTOCOL,
                    peer + " runs " + printable(theirs.protocol) + ", this node " + printable(protocol)));
        }
        addOfMembers(found, peer, theirs);
        addOfSettings(found, peer, theirs, sameProtocol);
        return found;
    }

    private void addOfMembers(List<Difference> found, String peer, ChainTerms theirs) {
        if (theirs.members.size() != members.size()) {
            found.add(new Difference(
                    LinkRefusal.OTHER_VALIDATORS,
                    peer + " counts " + theirs.members.size() + " validators, this node " + members.size()));
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < Math.min(members.size(), theirs.members.size()); i++) {
            Member own = members.get(i);
            Member other = theirs.members.get(i);
            if (other.power() != own.power()) {
                texts.add(peer + " has power " + other.power() + " for v" + i + ", this node " + own.power());
            }
            if (!other.key().equals(own.key())) {
                texts.add(peer + " has the key " + beginning(other.key()) + " for v" + i + ", this node "
                        + beginning(own.key()));
            }
        }
        add(found, LinkRefusal.OTHER_VALIDATORS, texts);
    }

    private void addOfSettings(List<Difference> found, String peer, ChainTerms theirs, boolean sameProtocol) {
        TreeSet<String> names = new TreeSet<>(settings.keySet());
        names.addAll(theirs.settings.keySet());
        List<String> texts = new ArrayList<>();
        for (String name : names) {
            String own = settings.get(name);
            String other = theirs.settings.get(name);
            // Another protocol has other parameters: saying so once is enough.
            boolean comparable = sameProtocol || (own != null && other != null);
            if (comparable && !Objects.equals(own, other)) {
                texts.add(peer + " has " + printable(name) + " = " + (other == null ? "(none)" : printable(other))
                        + ", this node " + (own == null ? "(none)" : printable(own)));
            }
        }
        add(found, LinkRefusal.OTHER_SETTINGS, texts);
    }

    private static void add(List<Difference> found, LinkRefusal reason, List<String> texts) {
        texts.stream().limit(MAX_TOLD).forEach(text -> found.add(new Difference(reason, text)));
        if (texts.size() > MAX_TOLD) {
            found.add(new Difference(reason, "and " + (texts.size() - MAX_TOLD) + " more of the kind"));
        }
    }

    /** Enough for people to tell two keys apart. */
    private static String beginning(PublicKey key) {
        String digits = key.toString();
        return digits.length() <= KEY_DIGITS ? digits : digits.substring(0, KEY_DIGITS) + "…";
    }

    /** Strangers' text, without what steers a terminal or begins a line. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> printable.appendCodePoint(isPrintable(c) ? c : '?'));
        return printable.toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
