package dev.parley.sample.bank;

import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A few accounts that begin with as much money each. */
public final class Bank implements StateMachine<Transfer, Statement, Books> {
    /** Who has an account. */
    public static final List<String> OWNERS = List.of("ada", "barbara", "grace", "leslie");
    /** What each begins with. */
    public static final long OPENING_BALANCE = 1000;

    private final SortedMap<String, Long> balances = new TreeMap<>();
    private long executed;

    public Bank() {
        OWNERS.forEach(owner -> balances.put(owner, OPENING_BALANCE));
    }

    /** The bank with its binary forms. */
    public static Application<Transfer, Statement, Books> application() {
        return Application.of(Bank::new, Transfer.class, Statement.class, Books.class);
    }

    @Override
    public Statement apply(Transfer transfer, Context context) {
        executed++;
        boolean covered = isKnown(transfer) && balance(transfer.from()) >= transfer.amount();
        if (covered) {
            balances.merge(transfer.from(), -transfer.amount(), Long::sum);
            balances.merge(transfer.to(), transfer.amount(), Long::sum);
        }
        long total = balances.values().stream().mapToLong(Long::longValue).sum();
        return new Statement(executed, covered, total);
    }

    @Override
    public Books snapshot() {
        return new Books(executed, new TreeMap<>(balances));
    }

    @Override
    public void restore(Books books) {
        executed = books.executed();
        balances.clear();
        balances.putAll(books.balances());
    }

    @Override
    public Optional<String> check(Transfer transfer) {
        return isKnown(transfer)
                ? Optional.empty()
                : Optional.of("a transfer is between owners of accounts, of 1 or more");
    }

    private boolean isKnown(Transfer transfer) {
        return transfer.amount() >= 1 && balances.containsKey(transfer.from()) && balances.containsKey(transfer.to());
    }

    private long balance(String owner) {
        return balances.getOrDefault(owner, 0L);
    }
}
