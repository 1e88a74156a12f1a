package dev.parley.testkit.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Restored;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandPayloads;
import dev.parley.tendermint.Block;
import dev.parley.tendermint.Header;
import dev.parley.tendermint.Share;
import dev.parley.tendermint.TendermintMessage;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Signed;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintProtocol;
import dev.parley.tendermint.TendermintRules;
import dev.parley.tendermint.TendermintStatements;
import dev.parley.tendermint.VoteCertificate;
import dev.parley.tendermint.VoteKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All that can be said in a bounded world: four validators, one of them Byzantine, the first height, a few rounds. A block can be
 * made by the proposer of its round alone; a correct one makes one, the Byzantine one two. Which of two payloads a correct proposer
 * takes is no choice: nobody else makes a block in its round, so the other choice is the same search under another name.
 *
 * <p>Values are numbers: 0 is nil, i + 1 is block i. What a correct validator may say has a bit, the same one for each sender, so
 * that all it ever said is one {@code long}.
 */
final class SmallWorld {
    static final int VALIDATORS = 4;
    static final int NIL = 0;
    /** More rounds have more messages than a {@code long} has bits. */
    static final int MAX_ROUNDS = 3;

    /**
     * Something that may be delivered.
     *
     * @param need what correct validators must have said before it can exist
     */
    record Deliverable(Signed message, int sender, Need need) {}

    private record ProposalKey(int round, int validRound, BlockId block) {}

    final int rounds;
    final int byzantine;
    final TendermintProtocol protocol;
    final List<Block> blocks = new ArrayList<>();

    private final ConsensusSetup[] setups = new ConsensusSetup[VALIDATORS];
    private final TendermintStatements statements;
    private final TendermintRules rules;
    private final MessageVerifier verifier;
    private final Map<BlockId, Integer> values = new HashMap<>();
    private final Map<ProposalKey, Integer> proposalBits = new HashMap<>();
    private final List<ProposalKey> proposalKeys = new ArrayList<>();
    private final List<Deliverable> proposals = new ArrayList<>();

    /** @param byzantine the index of the Byzantine validator */
    SmallWorld(TendermintRules rules, int rounds, int byzantine) {
        if (rounds < 1 || rounds > MAX_ROUNDS || byzantine < 0 || byzantine >= VALIDATORS) {
            throw new IllegalArgumentException(
                    rounds + " rounds with validator " + byzantine + " Byzantine: 1 to 3 rounds, validators 0 to 3");
        }
        this.rounds = rounds;
        this.byzantine = byzantine;
        this.rules = rules;
        this.protocol = new TendermintProtocol(TendermintUnderTest.SETTINGS, rules);
        SigningDomain domain = new SigningDomain("small-world", 0);
        this.statements = new TendermintStatements(domain);
        IdealSignatures scheme = new IdealSignatures();
        List<Signer> signers = new ArrayList<>();
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < VALIDATORS; i++) {
            byte[] secret = new byte[IdealSignatures.SECRET_BYTES];
            secret[0] = (byte) (i + 1);
            signers.add(scheme.signer(secret));
            keys.add(signers.getLast().publicKey());
        }
        ValidatorSet validators = ValidatorSet.of(scheme, keys);
        for (int i = 0; i < VALIDATORS; i++) {
            setups[i] = new ConsensusSetup(
                    new ValidatorId(i), validators, domain, scheme, signers.get(i), CommandPayloads.INSTANCE);
        }
        this.verifier = protocol.createVerifier(setups[0]);
        makeBlocks();
        makeProposals();
    }

    ConsensusCore newCore(int validator) {
        return protocol.createCore(setups[validator]);
    }

    ValidatorSet validators() {
        return setups[0].validators();
    }

    /** With powers of 1 the schedule is round robin; a core would refuse any other proposer's proposals. */
    static int proposer(int round) {
        return round % VALIDATORS;
    }

    int valueCount() {
        return blocks.size() + 1;
    }

    int value(BlockId block) {
        if (block.equals(TendermintMessage.NIL)) {
            return NIL;
        }
        Integer value = values.get(block);
        if (value == null) {
            throw new IllegalStateException("a block that nobody can make: " + block);
        }
        return value;
    }

    BlockId id(int value) {
        return value == NIL ? TendermintMessage.NIL : block(value).id();
    }

    Block block(int value) {
        return blocks.get(value - 1);
    }

    String name(int value) {
        if (value == NIL) {
            return "nil";
        }
        int round = block(value).header().round();
        boolean second = value > 1 && block(value - 1).header().round() == round;
        return (second ? "B" : "A") + round;
    }

    // What is sent, as bits

    int voteBit(VoteKind kind, int round, int value) {
        return (round * 2 + (kind == VoteKind.PREVOTE ? 0 : 1)) * valueCount() + value;
    }

    /** All votes of one kind and round. */
    long voteSlot(VoteKind kind, int round) {
        return ((1L << valueCount()) - 1) << voteBit(kind, round, NIL);
    }

    /** All proposals of one round. */
    long proposalSlot(int round) {
        long slot = 0;
        for (int i = 0; i < proposalKeys.size(); i++) {
            if (proposalKeys.get(i).round() == round) {
                slot |= 1L << proposalBit(i);
            }
        }
        return slot;
    }

    private int proposalBit(int index) {
        return rounds * 2 * valueCount() + index;
    }

    /** The bit of what a correct validator has sent; -1 for messages that only pass on what others have sent. */
    int bit(ConsensusMessage message) {
        return switch ((TendermintMessage) message) {
            case Vote vote -> vote.round() >= rounds ? -1 : voteBit(vote.kind(), vote.round(), value(vote.block()));
            case Proposal proposal -> {
                if (proposal.round() >= rounds) {
                    yield -1;
                }
                ProposalKey key = new ProposalKey(
                        proposal.round(),
                        proposal.validRound(),
                        proposal.header().id());
                Integer bit = proposalBits.get(key);
                if (bit == null) {
                    throw new IllegalStateException("a proposal that nobody should make: " + proposal);
                }
                yield bit;
            }
            default -> -1;
        };
    }

    /** The same messages with the two blocks of the Byzantine proposer exchanged. */
    long exchange(long sent) {
        long exchanged = 0;
        for (long rest = sent; rest != 0; rest &= rest - 1) {
            exchanged |= 1L << exchangedBit(Long.numberOfTrailingZeros(rest));
        }
        return exchanged;
    }

    private int exchangedBit(int bit) {
        int votes = rounds * 2 * valueCount();
        if (bit < votes) {
            return bit - bit % valueCount() + exchangeValue(bit % valueCount());
        }
        ProposalKey key = proposalKeys.get(bit - votes);
        Integer other =
                proposalBits.get(new ProposalKey(key.round(), key.validRound(), id(exchangeValue(value(key.block())))));
        return other == null ? bit : other;
    }

    /** The value's twin, where the Byzantine proposer made two; itself otherwise. */
    int exchangeValue(int value) {
        if (value == NIL || block(value).header().proposer().index() != byzantine) {
            return value;
        }
        boolean second = value > 1
                && block(value - 1).header().round() == block(value).header().round();
        return second ? value - 1 : value + 1;
    }

    boolean hasTwins() {
        return IntStream.rangeClosed(1, blocks.size()).anyMatch(value -> exchangeValue(value) != value);
    }

    // Messages

    Vote vote(VoteKind kind, int round, int value, int voter) {
        BlockId block = id(value);
        return new Vote(
                kind,
                1,
                round,
                block,
                new ValidatorId(voter),
                setups[voter].signer().sign(statements.vote(kind, 1, round, block)));
    }

    Deliverable deliverableVote(VoteKind kind, int round, int value, int voter) {
        Need need = voter == byzantine ? Need.NOTHING : Need.of(voter, voteBit(kind, round, value));
        return new Deliverable(vote(kind, round, value, voter), voter, need);
    }

    /** All that any proposer can propose, each with what it takes. */
    List<Deliverable> proposals() {
        return proposals;
    }

    /** What correct validators must have said so that the block can be had from somebody. */
    Need needOfBlock(int value) {
        Header header = block(value).header();
        int maker = header.proposer().index();
        Integer bit = proposalBits.get(new ProposalKey(header.round(), -1, header.id()));
        return bit == null ? Need.NOTHING : Need.of(maker, bit);
    }

    /** A certificate of prevotes by these validators, whether or not they are enough. */
    VoteCertificate polka(int round, int value, List<Integer> voters) {
        List<Share> shares = voters.stream()
                .map(voter -> new Share(
                        new ValidatorId(voter),
                        vote(VoteKind.PREVOTE, round, value, voter).signature()))
                .toList();
        return new VoteCertificate(VoteKind.PREVOTE, 1, round, id(value), shares);
    }

    Proposal proposal(int round, int validRound, int value, @Nullable VoteCertificate polka) {
        Block block = block(value);
        int proposer = proposer(round);
        return new Proposal(
                block.header(),
                round,
                validRound,
                new ValidatorId(proposer),
                polka,
                block.payload(),
                setups[proposer].signer().sign(statements.proposal(1, round, validRound, block.id())));
    }

    private void makeBlocks() {
        for (int round = 0; round < rounds; round++) {
            int proposer = proposer(round);
            for (int choice = 0; choice < (proposer == byzantine ? 2 : 1); choice++) {
                CommandBatch payload = new CommandBatch(choice, List.of());
                Header header = headerOf(payload);
                Header own = new Header(
                        1, BlockId.GENESIS, new ValidatorId(proposer), round, header.payload(), header.payloadBytes());
                blocks.add(new Block(own, payload));
                values.put(own.id(), blocks.size());
            }
        }
    }

    /** How a header commits to the payload is the protocol's affair: asks a core of the first proposer. */
    private Header headerOf(CommandBatch payload) {
        ConsensusCore core = newCore(0);
        core.handle(new Input.Start(Restored.NOTHING));
        for (Effect effect : core.handle(new Input.PayloadReady(1, payload))) {
            if (effect instanceof Effect.Broadcast(Proposal proposal)) {
                return proposal.header();
            }
        }
        throw new IllegalStateException("the first proposer does not propose");
    }

    private void makeProposals() {
        for (int round = 0; round < rounds; round++) {
            boolean correct = proposer(round) != byzantine;
            for (int value = 1; value <= blocks.size(); value++) {
                int made = block(value).header().round();
                if (made == round) {
                    add(round, -1, value, correct, null, List.of());
                }
                // A Byzantine proposer may claim any valid round; the verifier judges.
                int first = correct ? made : 0;
                int last = correct ? round - 1 : rounds;
                for (int validRound = first; validRound <= last; validRound++) {
                    addWithPolkas(round, validRound, value, correct);
                }
            }
        }
    }

    private void addWithPolkas(int round, int validRound, int value, boolean correct) {
        if (correct) {
            // Whoever is correct has a polka; which one makes no difference to those who verify it.
            add(round, validRound, value, true, polka(validRound, value, List.of(0, 1, 2, 3)), List.of());
            return;
        }
        boolean votable = validRound >= block(value).header().round() && validRound < rounds;
        for (int set = 0; set < 1 << VALIDATORS; set++) {
            List<Integer> others = new ArrayList<>();
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < VALIDATORS; i++) {
                if (i == byzantine) {
                    all.add(i);
                } else if ((set >> i & 1) != 0) {
                    all.add(i);
                    others.add(i);
                }
            }
            boolean possible = (set >> byzantine & 1) == 0 && (others.isEmpty() || votable);
            if (possible) {
                add(round, validRound, value, false, polka(validRound, value, all), others);
            }
        }
        List<Integer> thrice = List.of(byzantine, byzantine, byzantine);
        add(round, validRound, value, false, polka(validRound, value, thrice), List.of());
    }

    private void add(
            int round,
            int validRound,
            int value,
            boolean correct,
            @Nullable VoteCertificate polka,
            List<Integer> prevoters) {
        Need need = Need.NOTHING;
        for (int prevoter : prevoters) {
            need = need.and(Need.of(prevoter, voteBit(VoteKind.PREVOTE, validRound, value)));
        }
        if (correct) {
            ProposalKey key = new ProposalKey(round, validRound, id(value));
            proposalBits.put(key, proposalBit(proposalKeys.size()));
            proposalKeys.add(key);
            need = Need.of(proposer(round), proposalBit(proposalKeys.size() - 1));
            if (proposalBit(proposalKeys.size()) > Long.SIZE) {
                throw new IllegalStateException("more messages than bits");
            }
        }
        Proposal proposal = proposal(round, validRound, value, polka);
        if (verifier.verify(proposal.proposer(), proposal) == null) {
            proposals.add(new Deliverable(proposal, proposal.proposer().index(), need));
        } else if (correct) {
            throw new IllegalStateException("a correct validator's proposal is refused: " + proposal);
        }
    }

    TendermintRules rules() {
        return rules;
    }
}
