package dev.parley.testkit.tendermint;

import dev.parley.testkit.contract.ReplicatedLogContract;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("one live log at a time")
class TendermintLogContractTest extends ReplicatedLogContract {
    @Override
    protected String protocol() {
        return "tendermint";
    }

    @Override
    protected String config() {
        return "parley.consensus.tendermint { timeout-propose = 300 ms, timeout-prevote = 150 ms, timeout-precommit = 150 ms,"
                + " gossip-interval = 200 ms }";
    }
}
