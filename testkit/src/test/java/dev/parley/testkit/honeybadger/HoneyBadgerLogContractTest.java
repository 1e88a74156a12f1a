package dev.parley.testkit.honeybadger;

import dev.parley.testkit.contract.ReplicatedLogContract;

class HoneyBadgerLogContractTest extends ReplicatedLogContract {
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
