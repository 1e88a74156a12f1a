package dev.parley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ResultTreeTest {
    private final List<Command> commands = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    @Test
    void proves_every_outcome_of_blocks_of_1_to_200_commands() throws MalformedException {
        for (int count = 1; count <= 200; count++) {
            ResultTree tree = tree(count);
            for (int i = 0; i < count; i++) {
                ResultProof proof = recoded(tree.proof(i));
                assertThat(proof.proves(tree.root(), count, digest(i), outcomes.get(i)))
                        .isTrue();
            }
        }
    }

    @Test
    void refuses_another_count_command_outcome_index_or_root() throws MalformedException {
        int count = 100;
        ResultTree tree = tree(count);
        for (int i = 0; i < count; i++) {
            ResultProof proof = tree.proof(i);
            Outcome outcome = outcomes.get(i);
            int other = (i + 1) % count;
            assertThat(proof.proves(tree.root(), count, digest(other), outcome)).isFalse();
            assertThat(proof.proves(tree.root(), count, digest(i), outcomes.get(other)))
                    .isFalse();
            assertThat(proof.proves(tree.root(), count, digest(i), new Outcome(Outcome.Code.ERROR, outcome.bytes())))
                    .isFalse();
            assertThat(proof.proves(Digest.ZERO, count, digest(i), outcome)).isFalse();
            assertThat(proof.proves(tree.root(), i, digest(i), outcome)).isFalse();
            assertThat(proof.proves(tree.root(), Integer.MAX_VALUE, digest(i), outcome))
                    .isFalse();
        }
    }

    @Test
    void a_proof_with_any_bit_changed_is_refused() throws MalformedException {
        int count = 83;
        ResultTree tree = tree(count);
        for (int i : new int[] {0, 15, 16, 40, 82}) {
            BinaryWriter out = new BinaryWriter();
            tree.proof(i).write(out);
            byte[] whole = out.toByteArray();
            for (int bit = 0; bit < whole.length * 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(isAccepted(damaged, tree.root(), count, i)).isFalse();
            }
            for (int length = 0; length < whole.length; length++) {
                assertThat(isAccepted(java.util.Arrays.copyOf(whole, length), tree.root(), count, i))
                        .isFalse();
            }
        }
    }

    @Test
    void an_odd_leaf_is_not_doubled() {
        Digest odd = tree(48).root();
        for (int i = 32; i < 48; i++) {
            commands.add(commands.get(i));
            outcomes.add(outcomes.get(i));
        }
        assertThat(ResultItems.of(commands, outcomes).root()).isNotEqualTo(odd);
    }

    @Test
    void a_long_result_is_not_mistaken_for_its_hash() {
        tree(0);
        byte[] result = new byte[33];
        Outcome whole = new Outcome(Outcome.Code.OK, result);
        Outcome hash = new Outcome(Outcome.Code.OK, Digest.sha256(result).toBytes());
        assertThat(ResultItems.item(Digest.ZERO, whole)).isNotEqualTo(ResultItems.item(Digest.ZERO, hash));
    }

    @Test
    void no_results_have_a_root_too() {
        assertThat(tree(0).root()).isEqualTo(Digest.sha256());
    }

    @Test
    void the_first_difference_is_found() throws MalformedException {
        ResultItems ours = tree(40).items();
        assertThat(ours.firstDifference(recoded(ours))).isEqualTo(OptionalInt.empty());
        outcomes.set(23, new Outcome(Outcome.Code.OK, new byte[] {9}));
        outcomes.set(31, new Outcome(Outcome.Code.OK, new byte[] {9}));
        ResultItems theirs = ResultItems.of(commands, outcomes);
        assertThat(ours.firstDifference(recoded(theirs))).isEqualTo(OptionalInt.of(23));
        assertThat(ours.firstDifference(tree(39).items())).isEqualTo(OptionalInt.of(39));
    }

    @Test
    void items_that_are_cut_short_are_refused() {
        BinaryWriter out = new BinaryWriter();
        tree(20).items().write(out);
        byte[] whole = out.toByteArray();
        for (int length = 0; length < whole.length; length++) {
            BinaryReader in = new BinaryReader(whole, 0, length);
            assertThatThrownBy(() -> ResultItems.read(in)).isInstanceOf(MalformedException.class);
        }
    }

    private ResultTree tree(int count) {
        commands.clear();
        outcomes.clear();
        for (int i = 0; i < count; i++) {
            commands.add(new Command(new CommandId(new ClientId(4, 5), i + 1), 1, 1000, new byte[] {(byte) i}));
            Outcome.Code code = i % 5 == 0 ? Outcome.Code.FAILED : Outcome.Code.OK;
            outcomes.add(new Outcome(code, new byte[i % 40]));
        }
        return new ResultTree(ResultItems.of(commands, outcomes));
    }

    private Digest digest(int index) {
        return commands.get(index).digest();
    }

    private boolean isAccepted(byte[] encoded, Digest root, int count, int index) {
        try {
            BinaryReader in = new BinaryReader(encoded);
            ResultProof proof = ResultProof.read(in);
            in.end();
            return proof.proves(root, count, digest(index), outcomes.get(index));
        } catch (MalformedException e) {
            return false;
        }
    }

    private static ResultProof recoded(ResultProof proof) throws MalformedException {
        BinaryWriter out = new BinaryWriter();
        proof.write(out);
        BinaryReader in = new BinaryReader(out.toByteArray());
        ResultProof read = ResultProof.read(in);
        in.end();
        assertThat(read).isEqualTo(proof);
        return read;
    }

    private static ResultItems recoded(ResultItems items) throws MalformedException {
        BinaryWriter out = new BinaryWriter();
        items.write(out);
        return ResultItems.read(new BinaryReader(out.toByteArray()));
    }
}
