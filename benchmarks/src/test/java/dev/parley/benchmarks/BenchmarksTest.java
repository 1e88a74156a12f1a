package dev.parley.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks work, all of them; nothing is said about how fast. */
class BenchmarksTest {
    @Test
    void each_benchmark_runs_with_each_of_its_parameters() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(new TimeValue(1, TimeUnit.MILLISECONDS))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        assertThat(results)
                .extracting(result -> result.getParams().getBenchmark().replaceAll(".*\\.(\\w+)\\.\\w+$", "$1"))
                .contains(
                        "SignatureBenchmark",
                        "CommandBatchBenchmark",
                        "SessionTableBenchmark",
                        "MempoolBenchmark",
                        "ExecutorBenchmark",
                        "ResultTreeBenchmark",
                        "PeerCodecBenchmark",
                        "CertificateBenchmark",
                        "HotStuffViewBenchmark");
    }
}
