package dev.parley.client;

import dev.parley.app.Outcome;
import dev.parley.app.ResultProof;
import dev.parley.app.RootCertificate;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.Command;

/**
 * What became of one command, with its proof: a weak quorum's signatures on the block's results, and the path from them to this one.
 * Immutable. The command is named by the hash of all its content, so a validator that had another command executed under its name
 * cannot make a receipt for it.
 */
public record CommandReceipt(Outcome outcome, ResultProof proof, RootCertificate certificate) {
    /** The block's height. */
    public long height() {
        return certificate.height();
    }

    /** The command's place in the block. */
    public int index() {
        return proof.index();
    }

    /** Whether the certificate is a weak quorum's and proves that {@code command} gave this outcome. Never throws. */
    public boolean proves(Command command, ValidatorSet validators, SignatureScheme scheme, SigningDomain domain) {
        return provesUnder(command) && certificate.isValid(validators, scheme, domain);
    }

    /** As {@link #proves}, for a certificate that is known to be valid. */
    boolean provesUnder(Command command) {
        return proof.proves(certificate.resultsRoot(), certificate.count(), command.digest(), outcome);
    }
}
