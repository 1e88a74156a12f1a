package dev.parley.testkit.hotstuff;

import dev.parley.testkit.contract.ReplicatedLogContract;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("one live log at a time")
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
