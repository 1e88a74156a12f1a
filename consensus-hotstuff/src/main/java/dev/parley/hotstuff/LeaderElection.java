package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import java.util.List;

/**
 * Who proposes. A function of the chain alone, so that all who know a proposal's justification agree on whether it is legitimate: a
 * view that a QC opens is led by whom the certified block names, a view that a TC opens by whom its number names.
 */
public interface LeaderElection {
    /** The leader of view {@code certified.view() + 1}, opened by the QC for {@code certified}: also who collects its votes. */
    ValidatorId afterCertificate(ValidatorSet validators, Header certified);

    /** The leader of a view opened by a TC. */
    ValidatorId afterTimeout(ValidatorSet validators, long view);

    /** What the header of a block of {@code view} above {@code parent} must say; voters refuse anything else. */
    List<Suspect> suspects(ValidatorSet validators, Header parent, long view);
}
