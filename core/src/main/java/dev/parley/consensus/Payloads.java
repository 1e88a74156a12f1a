package dev.parley.consensus;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What protocols do with payloads without looking inside. Thread-safe. */
public interface Payloads extends PayloadDecoder {
    /**
     * The one payload that orders what several validators proposed for one height. A function of its arguments, the same whatever the
     * order of the list: validators that agree on the proposals agree on the union. It is bounded whatever the proposals; what does not
     * fit goes into a later block. No rule on payloads holds the proposals but those of their binary form.
     *
     * @param proposals of different validators, one or more. Of fewer than half of them any content is borne
     * @param previous the payload of the block before, whose commands are left out and whose time is not gone behind; null for none
     * @param convicts {@link ConsensusProtocol#convicts}: evidence that proves nothing is left out
     */
    Payload union(List<? extends Payload> proposals, @Nullable Payload previous, Predicate<Evidence> convicts);
}
