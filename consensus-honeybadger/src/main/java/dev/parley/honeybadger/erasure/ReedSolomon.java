package dev.parley.honeybadger.erasure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A systematic Reed-Solomon code over GF(2^8): the first shards are the data itself, the others are its product with a Cauchy matrix
 * (Blömer et al., 1995), every square part of which can be inverted, so that any {@code dataShards} of the shards give the data back. It
 * notices missing shards, never wrong ones. Immutable.
 */
public final class ReedSolomon {
    /** The field has 256 elements and each shard takes one; an index fits one byte and 255 is left for none. */
    public static final int MAX_SHARDS = 255;

    /** x^8 + x^4 + x^3 + x^2 + 1, of which x is a generator. */
    private static final int POLYNOMIAL = 0x11d;

    private static final int FIELD = 256;
    private static final byte[][] PRODUCT = new byte[FIELD][FIELD];
    private static final byte[] INVERSE = new byte[FIELD];

    static {
        for (int a = 1; a < FIELD; a++) {
            for (int b = 1; b < FIELD; b++) {
                int product = slowProduct(a, b);
                PRODUCT[a][b] = (byte) product;
                if (product == 1) {
                    INVERSE[a] = (byte) b;
                }
            }
        }
    }

    private final int dataShards;
    private final int totalShards;
    /** The Cauchy matrix: a row for each shard after the data's, a column for each of the data's. */
    private final byte[][] parity;

    /**
     * @param dataShards how many shards give the data back, at least 1
     * @param totalShards how many there are, at most {@link #MAX_SHARDS}
     */
    public ReedSolomon(int dataShards, int totalShards) {
        if (dataShards < 1 || totalShards < dataShards) {
            throw new IllegalArgumentException("of the shards 1 or more hold data, and no more than there are: not "
                    + dataShards + " of " + totalShards);
        }
        if (totalShards > MAX_SHARDS) {
            throw new IllegalArgumentException("a code over bytes has at most " + MAX_SHARDS + " shards, not "
                    + totalShards + ": each takes an element of GF(2^8) of its own");
        }
        this.dataShards = dataShards;
        this.totalShards = totalShards;
        this.parity = new byte[totalShards - dataShards][dataShards];
        for (int row = 0; row < parity.length; row++) {
            for (int column = 0; column < dataShards; column++) {
                parity[row][column] = INVERSE[(dataShards + row) ^ column];
            }
        }
    }

    public int dataShards() {
        return dataShards;
    }

    public int totalShards() {
        return totalShards;
    }

    /** How long each shard of so much data is. */
    public int shardBytes(int dataBytes) {
        return (int) (((long) dataBytes + dataShards - 1) / dataShards);
    }

    /** All shards, equally long; the data's last ones are filled up with zeros. How long the data was, the caller must know. */
    public byte[][] encode(byte[] data) {
        int length = shardBytes(data.length);
        byte[][] shards = new byte[totalShards][length];
        for (int i = 0; i < dataShards; i++) {
            long from = Math.min((long) i * length, data.length);
            long to = Math.min(from + length, data.length);
            System.arraycopy(data, (int) from, shards[i], 0, (int) (to - from));
        }
        for (int row = 0; row < parity.length; row++) {
            for (int column = 0; column < dataShards; column++) {
                addProduct(parity[row][column], shards[column], shards[dataShards + row]);
            }
        }
        return shards;
    }

    /**
     * The data with the zeros that fill it up, from the first {@code dataShards} shards that are there.
     *
     * @param shards one for each of {@code totalShards}, null where missing, all others equally long
     * @throws IllegalArgumentException if there are too few, or they are not equally long
     */
    public byte[] decode(byte[] @Nullable [] shards) {
        if (shards.length != totalShards) {
            throw new IllegalArgumentException(
                    "places for " + totalShards + " shards are needed, not " + shards.length);
        }
        int[] indices = new int[dataShards];
        byte[][] chosen = new byte[dataShards][];
        int count = 0;
        for (int i = 0; i < totalShards && count < dataShards; i++) {
            byte[] shard = shards[i];
            if (shard != null) {
                indices[count] = i;
                chosen[count++] = shard;
            }
        }
        if (count < dataShards) {
            throw new IllegalArgumentException(dataShards + " shards are needed, not " + count);
        }
        int length = chosen[0].length;
        for (byte[] shard : chosen) {
            if (shard.length != length) {
                throw new IllegalArgumentException("shards of " + length + " and of " + shard.length + " bytes");
            }
        }
        return combine(indices, chosen, length);
    }

    private byte[] combine(int[] indices, byte[][] chosen, int length) {
        byte[] data = new byte[Math.multiplyExact(dataShards, length)];
        // The indices rise, so that those below dataShards stand first, and the data is whole if the last one does.
        byte[][] inverse = indices[dataShards - 1] < dataShards ? new byte[0][] : invert(rows(indices));
        byte[] missing = new byte[length];
        for (int i = 0; i < dataShards; i++) {
            int at = Arrays.binarySearch(indices, i);
            if (at >= 0) {
                System.arraycopy(chosen[at], 0, data, i * length, length);
                continue;
            }
            Arrays.fill(missing, (byte) 0);
            for (int j = 0; j < dataShards; j++) {
                addProduct(inverse[i][j], chosen[j], missing);
            }
            System.arraycopy(missing, 0, data, i * length, length);
        }
        return data;
    }

    /** The rows of the code's whole matrix by which these shards were made. */
    private byte[][] rows(int[] indices) {
        byte[][] rows = new byte[dataShards][];
        for (int i = 0; i < dataShards; i++) {
            if (indices[i] < dataShards) {
                rows[i] = new byte[dataShards];
                rows[i][indices[i]] = 1;
            } else {
                rows[i] = parity[indices[i] - dataShards].clone();
            }
        }
        return rows;
    }

    /** Gauss and Jordan. The matrix is regular, since every choice of rows of the code is; it is used up. */
    private static byte[][] invert(byte[][] matrix) {
        int size = matrix.length;
        byte[][] inverse = new byte[size][size];
        for (int i = 0; i < size; i++) {
            inverse[i][i] = 1;
        }
        for (int column = 0; column < size; column++) {
            int pivot = column;
            while (matrix[pivot][column] == 0) {
                pivot++;
            }
            swap(matrix, pivot, column);
            swap(inverse, pivot, column);
            byte scale = INVERSE[matrix[column][column] & 0xff];
            scale(scale, matrix[column]);
            scale(scale, inverse[column]);
            for (int row = 0; row < size; row++) {
                if (row != column) {
                    byte factor = matrix[row][column];
                    addProduct(factor, matrix[column], matrix[row]);
                    addProduct(factor, inverse[column], inverse[row]);
                }
            }
        }
        return inverse;
    }

    private static void swap(byte[][] rows, int a, int b) {
        byte[] row = rows[a];
        rows[a] = rows[b];
        rows[b] = row;
    }

    private static void scale(byte factor, byte[] row) {
        byte[] products = PRODUCT[factor & 0xff];
        for (int i = 0; i < row.length; i++) {
            row[i] = products[row[i] & 0xff];
        }
    }

    /** Sums are exclusive ors in this field. */
    private static void addProduct(byte factor, byte[] row, byte[] sum) {
        if (factor == 0) {
            return;
        }
        byte[] products = PRODUCT[factor & 0xff];
        for (int i = 0; i < sum.length; i++) {
            sum[i] ^= products[row[i] & 0xff];
        }
    }

    private static int slowProduct(int a, int b) {
        int product = 0;
        for (int power = a, bits = b; bits != 0; bits >>= 1) {
            if ((bits & 1) != 0) {
                product ^= power;
            }
            power <<= 1;
            if (power >= FIELD) {
                power ^= POLYNOMIAL;
            }
        }
        return product;
    }
}
