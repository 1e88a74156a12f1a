package dev.parley.testkit.tendermint;

import dev.parley.testkit.contract.ConsensusProtocolContract;

class TendermintProtocolContractTest extends ConsensusProtocolContract {
    @Override
    protected String protocol() {
        return "tendermint";
    }
}
