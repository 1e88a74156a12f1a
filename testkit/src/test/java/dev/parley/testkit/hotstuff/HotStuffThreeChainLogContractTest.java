package dev.parley.testkit.hotstuff;

import dev.parley.testkit.contract.ReplicatedLogContract;

class HotStuffThreeChainLogContractTest extends ReplicatedLogContract {
    @Override
    protected String protocol() {
        return "hotstuff";
    }

    @Override
    protected String config() {
        return "parley.consensus.hotstuff { variant = three-chain, base-timeout = 300 ms }";
    }
}
