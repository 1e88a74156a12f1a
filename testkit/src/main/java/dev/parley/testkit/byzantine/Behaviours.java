package dev.parley.testkit.byzantine;

import java.util.ArrayList;
import java.util.List;

/** The behaviours that every protocol is tried with. */
public final class Behaviours {
    private Behaviours() {}

    /** Those that need to know no protocol. */
    public static List<Behaviour> ofAnyProtocol() {
        List<Behaviour> all = new ArrayList<>(WireBehaviours.all());
        all.add(new Garbler());
        all.add(new Twin());
        all.addAll(PayloadBehaviours.all());
        return all;
    }
}
