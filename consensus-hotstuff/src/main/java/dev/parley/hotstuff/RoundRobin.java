package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import java.util.List;

/**
 * Validators lead in the order of their indices, whatever happens (PODC 2019, section 4, "getLeader").
 *
 * @param viewsPerLeader 1 or more; with three-chain and n = 4 a value of 1 stops commits when one validator is silent (arXiv
 *     2205.11652), 4 or more does not
 */
public record RoundRobin(int viewsPerLeader) implements LeaderElection {
    public RoundRobin {
        if (viewsPerLeader < 1) {
            throw new IllegalArgumentException("a leader keeps at least 1 view, not " + viewsPerLeader);
        }
    }

    @Override
    public ValidatorId afterCertificate(ValidatorSet validators, Header certified) {
        return afterTimeout(validators, certified.view() + 1);
    }

    @Override
    public ValidatorId afterTimeout(ValidatorSet validators, long view) {
        return validators
                .validators()
                .get((int) ((view - 1) / viewsPerLeader % validators.size()))
                .id();
    }

    @Override
    public List<Suspect> suspects(ValidatorSet validators, Header parent, long view) {
        return List.of();
    }
}
