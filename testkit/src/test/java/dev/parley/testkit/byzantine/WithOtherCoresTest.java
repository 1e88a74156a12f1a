package dev.parley.testkit.byzantine;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.parley.consensus.ConsensusProtocol;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class WithOtherCoresTest {
    /** What it left to a default would be that of no protocol in particular. */
    @Test
    void answers_every_question_by_itself() {
        for (Method method : ConsensusProtocol.class.getMethods()) {
            assertThatCode(() -> WithOtherCores.class.getDeclaredMethod(method.getName(), method.getParameterTypes()))
                    .as(method.toString())
                    .doesNotThrowAnyException();
        }
    }
}
