package dev.parley.honeybadger;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/honeybadger.md says of the code is there. */
class HoneyBadgerDocumentTest {
    private static final Map<String, String> TEST_CLASSES = Map.of(
            "R", "HoneyBadgerRestartTest",
            "B", "ByzantineBroadcastTest",
            "P", "ReliableBroadcastTest",
            "A", "BinaryAgreementTest",
            "T", "ThresholdCoinTest",
            "S", "CommonSubsetTest");
    /** Where, rule, method, test. */
    private static final Pattern ROW =
            Pattern.compile("^\\|[^|]*\\|[^|]*\\| `(\\w+)\\.(\\w+)` \\| `(?:(\\w)\\.)?(\\w+)` \\|$", Pattern.MULTILINE);

    private static final Pattern TEST_IN_TEXT = Pattern.compile("`(?:([RBPATS])\\.)?([a-z]+(?:_[a-z0-9]+){2,})`");
    private static final Pattern CONSTANT = Pattern.compile("`(\\w+)\\.([A-Z_]+)`");

    private final JavaClasses classes = new ClassFileImporter().importPackages("dev.parley.honeybadger");
    private final String text = read();

    private static String read() {
        try {
            return Files.readString(Path.of("..", "docs", "honeybadger.md"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private JavaClass named(String simpleName) {
        return classes.stream()
                .filter(each -> each.getSimpleName().equals(simpleName))
                .findFirst()
                .orElseThrow();
    }

    private Set<String> methodsOf(String simpleName) {
        Set<String> methods = new HashSet<>();
        named(simpleName).getMethods().forEach(method -> methods.add(method.getName()));
        return methods;
    }

    @Test
    void every_method_in_the_table_of_rules_exists_and_every_rule_has_its_row() {
        Matcher row = ROW.matcher(text);
        Set<String> seen = new HashSet<>();
        while (row.find()) {
            assertThat(methodsOf(row.group(1))).contains(row.group(2));
            seen.add(row.group(2));
        }
        assertThat(seen).hasSizeGreaterThan(25);
        Set<String> rules = new HashSet<>();
        for (String each :
                new String[] {"HoneyBadgerRules", "BroadcastRules", "SubsetRules", "AgreementRules", "CoinRules"}) {
            rules.addAll(methodsOf(each));
        }
        rules.removeAll(Set.of("broadcast", "subset", "agreement"));
        assertThat(seen).containsAll(rules);
    }

    @Test
    void every_test_and_constant_in_the_text_exists() {
        Matcher test = TEST_IN_TEXT.matcher(text);
        while (test.find()) {
            String letter = test.group(1) == null ? "" : test.group(1);
            assertThat(methodsOf(TEST_CLASSES.getOrDefault(letter, "HoneyBadgerCoreTest")))
                    .contains(test.group(2));
        }
        Matcher constant = CONSTANT.matcher(text);
        while (constant.find()) {
            assertThat(named(constant.group(1)).tryGetField(constant.group(2))).isPresent();
        }
    }
}
