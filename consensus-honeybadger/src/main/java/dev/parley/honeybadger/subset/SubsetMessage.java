package dev.parley.honeybadger.subset;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.honeybadger.agreement.AgreementMessage;

/** A message of the agreement on whether this proposer's broadcast belongs to the subset. */
public record SubsetMessage(ValidatorId proposer, AgreementMessage message) {
    public void write(BinaryWriter out) {
        message.write(out.i32(proposer.index()));
    }

    public static SubsetMessage read(BinaryReader in) throws MalformedException {
        return new SubsetMessage(ValidatorId.read(in), AgreementMessage.read(in));
    }
}
