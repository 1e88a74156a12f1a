package dev.parley.hotstuff;

/** Not a test: how many blocks a second four cores decide in one thread. */
final class HotStuffThroughput {
    private HotStuffThroughput() {}

    public static void main(String[] arguments) {
        for (int round = 0; round < 5; round++) {
            TestCluster cluster = TestCluster.of(4).start();
            long begin = System.nanoTime();
            for (int i = 0; i < 3000; i++) {
                cluster.submit(10);
                cluster.run(20);
            }
            long nanos = System.nanoTime() - begin;
            System.out.printf("%d blocks, %.0f blocks/s%n", cluster.minHeight(), cluster.minHeight() * 1e9 / nanos);
        }
    }
}
