package dev.parley.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Tells the end that a power failure tore from damage, in the database's logs of writes. RocksDB takes up with a record that is cut short
 * and with nothing else: a page of zeros in the last record it calls a corruption, as it does a flipped bit in an old one. Each write is synced
 * before the next one begins, so a torn record is the last of all; where a whole one follows, it was damaged after it had been synced.
 *
 * <p>The form is that of RocksDB's {@code log_format.h}: blocks of 32 KiB with records of checksum, length, type and payload that do not cross
 * from one block to the next.
 */
final class TornLog {
    private static final int BLOCK_BYTES = 1 << 15;
    private static final int HEADER_BYTES = 4 + 2 + 1;
    private static final int MASK_DELTA = 0xa282ead8;
    /** More is no log of this storage, which has the database begin a new one before. */
    private static final long MAX_BYTES = 1L << 30;

    private TornLog() {}

    /** Whether the database's logs are whole but for the end of the newest. */
    static boolean isAtTheEnd(Path database) throws IOException {
        List<Path> logs;
        try (Stream<Path> files = Files.list(database)) {
            logs = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted(Comparator.comparing(file -> String.valueOf(file.getFileName())))
                    .toList();
        }
        for (int i = 0; i < logs.size(); i++) {
            ByteBuffer log = read(logs.get(i));
            int torn = firstBad(log);
            boolean newest = i == logs.size() - 1;
            if (torn < log.limit() && (!newest || hasRecordAfter(log, torn))) {
                return false;
            }
        }
        return !logs.isEmpty();
    }

    private static ByteBuffer read(Path log) throws IOException {
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.READ)) {
            if (file.size() > MAX_BYTES) {
                throw new IOException(log + " has " + file.size() + " bytes");
            }
            return file.map(FileChannel.MapMode.READ_ONLY, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Where the first record is that is not whole; the end if all are. */
    private static int firstBad(ByteBuffer log) {
        int at = 0;
        while (at < log.limit()) {
            int left = BLOCK_BYTES - at % BLOCK_BYTES;
            if (left < HEADER_BYTES) {
                at += left;
            } else if (isRecord(log, at)) {
                at += HEADER_BYTES + length(log, at);
            } else {
                return at;
            }
        }
        return log.limit();
    }

    private static boolean hasRecordAfter(ByteBuffer log, int bad) {
        for (int at = bad + 1; at < log.limit(); at++) {
            if (isRecord(log, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRecord(ByteBuffer log, int at) {
        int left = Math.min(BLOCK_BYTES - at % BLOCK_BYTES, log.limit() - at);
        if (left <= HEADER_BYTES) {
            return false;
        }
        int length = length(log, at);
        if (length == 0 || length > left - HEADER_BYTES) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(log.slice(at + 6, 1 + length));
        int value = (int) crc.getValue();
        return log.getInt(at) == Integer.rotateRight(value, 15) + MASK_DELTA;
    }

    private static int length(ByteBuffer log, int at) {
        return log.getShort(at + 4) & 0xffff;
    }
}
