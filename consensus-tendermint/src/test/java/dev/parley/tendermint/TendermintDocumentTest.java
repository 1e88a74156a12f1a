package dev.parley.tendermint;

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

/** What docs/tendermint.md says of the code is there. */
class TendermintDocumentTest {
    private static final Map<String, String> TEST_CLASSES = Map.of(
            "C", "TendermintCoreTest",
            "V", "TendermintVerifierTest",
            "B", "TendermintBoundsTest",
            "R", "TendermintRestartTest",
            "L", "TendermintClusterTest",
            "S", "ProposerScheduleTest",
            "Y", "TendermintLivenessTest");
    /** Lines, rule, method, test. */
    private static final Pattern ROW =
            Pattern.compile("^\\|[^|]*\\|[^|]*\\| `(\\w+\\.)?(\\w+)` \\| `(\\w\\.)?(\\w+)` \\|$", Pattern.MULTILINE);

    private static final Pattern TEST_IN_TEXT = Pattern.compile("`([CVBRLSY])\\.(\\w+)`");
    private static final Pattern CONSTANT = Pattern.compile("`([A-Z]+(?:_[A-Z]+)+)`");
    private static final Pattern SETTING = Pattern.compile("`((?:timeout|max-timeout|gossip|empty|part)-[a-z-]+)`");

    private final JavaClasses classes = new ClassFileImporter().importPackages("dev.parley.tendermint");
    private final String text = read(Path.of("..", "docs", "tendermint.md"));

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String testClass(String letter) {
        return TEST_CLASSES.getOrDefault(letter, letter);
    }

    private Set<String> methodsOf(String name) {
        Set<String> methods = new HashSet<>();
        classes.get("dev.parley.tendermint." + name).getMethods().forEach(method -> methods.add(method.getName()));
        return methods;
    }

    @Test
    void every_method_and_test_in_the_table_of_lines_exists() {
        Set<String> all = new HashSet<>();
        for (JavaClass each : classes) {
            each.getMethods().forEach(method -> all.add(method.getName()));
        }
        Matcher row = ROW.matcher(text);
        int rows = 0;
        while (row.find()) {
            rows++;
            String owner = row.group(1);
            assertThat(owner == null ? all : methodsOf(owner.substring(0, owner.length() - 1)))
                    .contains(row.group(2));
            String test = row.group(3);
            assertThat(methodsOf(test == null ? "TendermintPaperTest" : testClass(test.substring(0, 1))))
                    .contains(row.group(4));
        }
        assertThat(rows).isGreaterThan(40);
    }

    @Test
    void every_condition_of_the_rules_but_that_on_duplicates_has_its_row() {
        Set<String> named = new HashSet<>(Set.of("countsDuplicates", "values", "valueOf"));
        Matcher row = ROW.matcher(text);
        while (row.find()) {
            named.add(row.group(2));
        }
        assertThat(named).containsAll(methodsOf("TendermintRules"));
    }

    @Test
    void every_test_constant_and_setting_in_the_text_exists() {
        Matcher test = TEST_IN_TEXT.matcher(text);
        while (test.find()) {
            assertThat(methodsOf(testClass(test.group(1)))).contains(test.group(2));
        }
        Set<String> fields = new HashSet<>();
        for (JavaClass each : classes) {
            each.getFields().forEach(field -> fields.add(field.getName()));
        }
        Matcher constant = CONSTANT.matcher(text);
        while (constant.find()) {
            assertThat(fields).contains(constant.group(1));
        }
        String reference = read(Path.of("src", "main", "resources", "reference.conf"));
        Matcher setting = SETTING.matcher(text);
        while (setting.find()) {
            assertThat(reference).contains("  " + setting.group(1) + " = ");
        }
    }
}
