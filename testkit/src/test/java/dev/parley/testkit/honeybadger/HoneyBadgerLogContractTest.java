package dev.parley.testkit.honeybadger;

import dev.parley.testkit.contract.ReplicatedLogContract;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("one live log at a time")
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
