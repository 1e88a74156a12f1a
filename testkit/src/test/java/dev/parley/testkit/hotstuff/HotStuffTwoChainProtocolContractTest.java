package dev.parley.testkit.hotstuff;

import dev.parley.testkit.contract.ConsensusProtocolContract;

class HotStuffTwoChainProtocolContractTest extends ConsensusProtocolContract {
    @Override
    protected String protocol() {
        return "hotstuff";
    }

    @Override
    protected String config() {
        return "parley.consensus.hotstuff.variant = two-chain";
    }
}
