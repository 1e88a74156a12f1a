package dev.parley.testkit.hotstuff;

import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.contract.ReplicatedLogContract;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("one live log at a time")
class HotStuffTwoChainLogContractTest extends ReplicatedLogContract {
    @Override
    protected String protocol() {
        return "hotstuff";
    }

    @Override
    protected String config() {
        return "parley.consensus.hotstuff { variant = two-chain, base-timeout = 300 ms }";
    }

    @Override
    protected List<Behaviour> behaviours() {
        return ProtocolUnderTest.named("hotstuff").behaviours();
    }
}
