package dev.parley.network.links;

import dev.parley.consensus.ValidatorId;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many connections that came in may be on their way to show a key, and how many a second may begin to: each costs a signature. Each host of a
 * validator has a budget of its own, by the number of validators there; all other hosts share one. So who spends all of its own, a
 * Byzantine validator or a crowd of strangers, keeps no correct validator on another host from coming back. Belongs to the event loop.
 */
final class HandshakeBudget {
    private static final int AT_ONCE = 4;
    private static final int PER_SECOND = 2;
    /** Hosts of no validator have the budget of so many, together. */
    private static final int STRANGERS = 3;

    private final @Nullable InetAddress[] hosts;
    private final Map<InetAddress, Account> accounts = new HashMap<>();
    private final Account strangers = new Account();

    private static final class Account {
        final Set<Object> open = new HashSet<>();
        final RateBudget rate = new RateBudget(0, 0);
    }

    /** @param validators how many there are */
    HandshakeBudget(int validators) {
        hosts = new InetAddress[validators];
    }

    /** Where a validator is; until it is told, it has what strangers have. */
    void isAt(ValidatorId peer, InetAddress host) {
        hosts[peer.index()] = host;
        accounts.keySet().retainAll(Arrays.asList(hosts));
    }

    /** Whether a connection that came in may begin; it is under way then until it {@link #ended}. */
    boolean begins(Object connection, InetAddress from, long nowMillis) {
        int here = (int) Arrays.stream(hosts).filter(from::equals).count();
        Account account = here == 0 ? strangers : accounts.computeIfAbsent(from, host -> new Account());
        int shares = here == 0 ? STRANGERS : here;
        int most = shares * AT_ONCE;
        // Validators move.
        account.rate.change((double) shares * PER_SECOND, most);
        if (account.open.size() >= most || !account.rate.takes(nowMillis)) {
            return false;
        }
        account.open.add(connection);
        return true;
    }

    /** It has shown a key, or is gone. */
    void ended(Object connection) {
        strangers.open.remove(connection);
        accounts.values().forEach(account -> account.open.remove(connection));
    }
}
