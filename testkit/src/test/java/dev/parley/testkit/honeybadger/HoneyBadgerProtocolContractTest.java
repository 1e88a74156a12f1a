package dev.parley.testkit.honeybadger;

import dev.parley.testkit.contract.ConsensusProtocolContract;

class HoneyBadgerProtocolContractTest extends ConsensusProtocolContract {
    @Override
    protected String protocol() {
        return "honeybadger";
    }

    /** Proposals are sealed until they are decided. */
    @Override
    protected boolean checksProposals() {
        return false;
    }
}
