package dev.parley.hotstuff;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Signature;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A time-out certificate: a quorum gave up a view, each telling the view of the highest QC that it knew (Jolteon, Fig. 2).
 *
 * @param reports in rising order of the voters, each once
 * @param highQc of the highest view among those reported
 */
public record TC(long view, List<Report> reports, QC highQc) {
    /** What one validator signed: this view, given up, and the view of its highest QC. */
    public record Report(ValidatorId voter, long highQcView, Signature signature) {}

    public TC {
        reports = List.copyOf(reports);
    }

    static TC read(BinaryReader in) throws MalformedException {
        long view = in.nonNegative();
        int count = in.count(ValidatorSet.MAX_VALIDATORS, 16);
        List<Report> reports = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            reports.add(new Report(ValidatorId.read(in), in.nonNegative(), Signature.read(in)));
        }
        return new TC(view, reports, QC.read(in));
    }

    void write(BinaryWriter out) {
        out.i64(view).i32(reports.size());
        for (Report report : reports) {
            out.i32(report.voter().index()).i64(report.highQcView());
            report.signature().write(out);
        }
        highQc.write(out);
    }

    /** The highest view of a QC that any of them reported: nothing below it may be extended by virtue of this certificate. */
    public long maxReportedView() {
        long max = 0;
        for (Report report : reports) {
            max = Math.max(max, report.highQcView());
        }
        return max;
    }

    public Set<ValidatorId> signers() {
        Set<ValidatorId> signers = new LinkedHashSet<>();
        for (Report report : reports) {
            signers.add(report.voter());
        }
        return signers;
    }

    @Override
    public String toString() {
        return "TC of view " + view;
    }
}
