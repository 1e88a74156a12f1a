package dev.parley.validator;

import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;

/**
 * Where all is run that a node does, but for what supervises its actors, which does nothing while they run. In production those of the configuration;
 * a test that is to hold a validator back gives it others.
 *
 * @param actors runs the validator's actors
 * @param verification runs what takes long and waits for nothing: signatures, hashes, decoding of peers' messages
 * @param storage runs what waits for disks
 * @param ending is run when the node ends by itself or is closed: its actors have been told, and take up nothing more when they are run next. Nobody
 *     waits any more for what the other two have not begun. The node has stopped when its actors have been run
 */
public record NodeThreads(DispatcherSelector actors, Executor verification, Executor storage, Runnable ending) {
    /** The dispatcher that validators' actors share. */
    public static final String ACTORS = "parley.validator-dispatcher";

    private static final String VERIFICATION = "parley.verification-dispatcher";
    private static final String STORAGE = "parley.storage-dispatcher";

    /** Those that the system's configuration says. */
    public static NodeThreads of(ActorSystem<?> system) {
        return new NodeThreads(
                DispatcherSelector.fromConfig(ACTORS),
                system.dispatchers().lookup(DispatcherSelector.fromConfig(VERIFICATION)),
                system.dispatchers().lookup(DispatcherSelector.fromConfig(STORAGE)),
                () -> {});
    }
}
