package dev.parley.sample.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.app.Context;
import dev.parley.log.ClientId;
import org.junit.jupiter.api.Test;

class BankTest {
    private static final Context CONTEXT = new Context(1, 0, 0, new ClientId(1, 2));

    private final Bank bank = new Bank();

    @Test
    void numbers_what_it_executes_and_keeps_the_total() {
        assertThat(bank.apply(new Transfer("ada", "grace", 1000), CONTEXT)).isEqualTo(new Statement(1, true, 4000));
        assertThat(bank.apply(new Transfer("ada", "grace", 1), CONTEXT)).isEqualTo(new Statement(2, false, 4000));
        assertThat(bank.snapshot().balances()).containsEntry("ada", 0L).containsEntry("grace", 2000L);
    }

    @Test
    void refuses_strangers_and_amounts_below_one_at_admission() {
        assertThat(bank.check(new Transfer("ada", "eve", 1))).isPresent();
        assertThat(bank.check(new Transfer("ada", "grace", 0))).isPresent();
        assertThat(bank.check(new Transfer("ada", "grace", 1))).isEmpty();
    }

    @Test
    void goes_on_from_a_snapshot() {
        bank.apply(new Transfer("ada", "grace", 10), CONTEXT);
        Bank restored = new Bank();
        restored.restore(bank.snapshot());
        assertThat(restored.snapshot()).isEqualTo(bank.snapshot());
    }
}
