package dev.parley.testkit.contract;

import java.util.Random;

/** Ways to spoil encoded bytes. Draws from the given random stream alone. */
record Damage(Random random) {
    private static final int MOST_CHANGES = 3;

    /** A copy with up to three bytes changed; now and then shorter, longer, or with a stretch doubled onto another place. */
    byte[] spoil(byte[] bytes) {
        byte[] spoiled = switch (random.nextInt(16)) {
            case 0 -> java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> java.util.Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(8));
            default -> bytes.clone();
        };
        if (spoiled.length == 0) {
            return spoiled;
        }
        if (random.nextInt(8) == 0) {
            int length = 1 + random.nextInt(spoiled.length);
            int from = random.nextInt(spoiled.length - length + 1);
            int to = random.nextInt(spoiled.length - length + 1);
            System.arraycopy(spoiled, from, spoiled, to, length);
            return spoiled;
        }
        for (int change = random.nextInt(MOST_CHANGES); change >= 0; change--) {
            spoiled[random.nextInt(spoiled.length)] = extremeOrAny();
        }
        return spoiled;
    }

    byte[] garbage(int maxLength) {
        byte[] garbage = new byte[random.nextInt(maxLength)];
        random.nextBytes(garbage);
        return garbage;
    }

    private byte extremeOrAny() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> Byte.MAX_VALUE;
            case 3 -> -1;
            default -> (byte) random.nextInt(256);
        };
    }
}
