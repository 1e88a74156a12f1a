package dev.parley.testkit.cluster;

/** Where assertions about clusters begin; beside AssertJ's own {@code assertThat}. */
public final class ClusterAssertions {
    private ClusterAssertions() {}

    /** Of what is so now, or will be soon: each assertion waits until it holds, as long as the cluster is patient. */
    public static ClusterAssert assertThat(Cluster<?, ?> cluster) {
        return new ClusterAssert(cluster);
    }

    /** Of what is so from now on: the first moment at which it is not ends whatever the test is waiting for, and the test. */
    public static ContinuousAssert assertContinuouslyThat(Cluster<?, ?> cluster) {
        return new ContinuousAssert(cluster);
    }
}
