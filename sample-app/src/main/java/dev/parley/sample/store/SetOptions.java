package dev.parley.sample.store;

/**
 * What follows the value in {@code SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]}.
 *
 * @param expiresAtMillis since 1970, or {@link Entry#NEVER}
 */
record SetOptions(boolean ifAbsent, boolean ifPresent, boolean get, boolean keepTimeToLive, long expiresAtMillis) {
    static final SetOptions NONE = new SetOptions(false, false, false, false, Entry.NEVER);

    /** @throws RefusedException as Redis refuses: syntax before the expiry's value */
    static SetOptions parse(Request request, long nowMillis) {
        boolean ifAbsent = false;
        boolean ifPresent = false;
        boolean get = false;
        boolean keepTimeToLive = false;
        int amountAt = 0;
        long unitMillis = 1;
        long baseMillis = 0;
        for (int i = 3; i < request.size(); i++) {
            ByteString option = request.argument(i);
            boolean hasNext = i + 1 < request.size();
            boolean noExpiryYet = amountAt == 0 && !keepTimeToLive;
            if (option.equalsIgnoringCase("NX") && !ifPresent) {
                ifAbsent = true;
            } else if (option.equalsIgnoringCase("XX") && !ifAbsent) {
                ifPresent = true;
            } else if (option.equalsIgnoringCase("GET")) {
                get = true;
            } else if (option.equalsIgnoringCase("KEEPTTL") && amountAt == 0) {
                keepTimeToLive = true;
            } else if (option.equalsIgnoringCase("EX") && noExpiryYet && hasNext) {
                amountAt = ++i;
                unitMillis = 1000;
                baseMillis = nowMillis;
            } else if (option.equalsIgnoringCase("PX") && noExpiryYet && hasNext) {
                amountAt = ++i;
                baseMillis = nowMillis;
            } else if (option.equalsIgnoringCase("EXAT") && noExpiryYet && hasNext) {
                amountAt = ++i;
                unitMillis = 1000;
            } else if (option.equalsIgnoringCase("PXAT") && noExpiryYet && hasNext) {
                amountAt = ++i;
            } else {
                throw new RefusedException(Reply.Failure.SYNTAX);
            }
        }
        long expiresAtMillis = amountAt == 0
                ? Entry.NEVER
                : Expiry.ofSet(request.argument(amountAt), unitMillis, baseMillis, Verb.SET);
        return new SetOptions(ifAbsent, ifPresent, get, keepTimeToLive, expiresAtMillis);
    }
}
