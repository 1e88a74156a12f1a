package dev.parley.network.secure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.PublicKey;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChainTermsTest {
    private final TestIdentities identities = new TestIdentities();
    private final ChainTerms terms = identities
            .of(0, "chain", "hotstuff", 1, Map.of("parley.a", "1", "parley.b", "2"))
            .terms();

    @Test
    void they_have_one_form_and_all_others_are_refused() throws MalformedException {
        byte[] bytes = terms.toBytes();
        assertThat(ChainTerms.read(bytes)).isEqualTo(terms);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ChainTerms.read(cut)).isInstanceOf(MalformedException.class);
        }
        Random random = new Random(1);
        for (int i = 0; i < 5000; i++) {
            byte[] changed = bytes.clone();
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            try {
                assertThat(ChainTerms.read(changed).toBytes()).isEqualTo(changed);
            } catch (MalformedException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void the_largest_fit() {
        TreeMap<String, String> settings = new TreeMap<>();
        for (int i = 0; i < 64; i++) {
            settings.put("n".repeat(250) + i, "v".repeat(256));
        }
        ChainTerms largest = new ChainTerms(
                "€".repeat(64),
                Long.MAX_VALUE,
                "p".repeat(256),
                settings,
                Collections.nCopies(
                        ValidatorSet.MAX_VALIDATORS, new ChainTerms.Member(new PublicKey(new byte[32]), 1L << 60)));
        assertThat(largest.toBytes().length).isLessThanOrEqualTo(ChainTerms.MAX_BYTES);
    }

    @Test
    void the_weightiest_difference_comes_first_and_few_of_a_kind_are_told() {
        assertThat(terms.differences("v2", terms)).isEmpty();
        ChainTerms other = new ChainTerms(
                "ch\u001b[2Jain\n",
                1,
                "tendermint",
                new TreeMap<>(Map.of("parley.a", "9", "parley.c", "3")),
                Collections.nCopies(6, new ChainTerms.Member(new PublicKey(new byte[] {7}), 5)));
        List<ChainTerms.Difference> found = terms.differences("v2", other);
        assertThat(found)
                .extracting(ChainTerms.Difference::text)
                .startsWith(
                        "v2 is of chain 'ch?[2Jain?', this node of 'chain'",
                        "v2 is of epoch 1, this node of 0",
                        "v2 runs tendermint, this node hotstuff",
                        "v2 counts 6 validators, this node 4",
                        "v2 has power 5 for v0, this node 3")
                .endsWith("and 4 more of the kind", "v2 has parley.a = 9, this node 1");
        assertThat(found.getFirst().reason()).isEqualTo(LinkRefusal.FOREIGN_CHAIN);
    }

    @Test
    void a_parameter_that_one_side_does_not_know_is_a_difference() {
        ChainTerms fewer = identities
                .of(0, "chain", "hotstuff", 1, Map.of("parley.a", "1"))
                .terms();
        assertThat(terms.differences("v1", fewer))
                .containsExactly(
                        new ChainTerms.Difference(LinkRefusal.OTHER_SETTINGS, "v1 has parley.b = (none), this node 2"));
    }
}
