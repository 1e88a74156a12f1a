package dev.parley.sample.store;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;

/** What a key holds. Sets and hashes keep the order of insertion, which is a part of the state. */
sealed interface Value {
    /** As the command TYPE answers. */
    String typeName();

    /** A copy that shares nothing that can change. */
    Value copy();

    void write(BinaryWriter out);

    static Value read(BinaryReader in) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case 's' -> new StringValue(ByteString.read(in, Integer.MAX_VALUE));
            case 'l' -> {
                ListValue list = new ListValue();
                for (int left = count(in, 1); left > 0; left--) {
                    list.elements.addLast(ByteString.read(in, Integer.MAX_VALUE));
                }
                yield list;
            }
            case 'e' -> {
                SetValue set = new SetValue();
                for (int left = count(in, 1); left > 0; left--) {
                    if (!set.members.add(ByteString.read(in, Integer.MAX_VALUE))) {
                        throw new MalformedException("a set with one member twice");
                    }
                }
                yield set;
            }
            case 'h' -> {
                HashValue hash = new HashValue();
                for (int left = count(in, 2); left > 0; left--) {
                    ByteString field = ByteString.read(in, Integer.MAX_VALUE);
                    if (hash.fields.put(field, ByteString.read(in, Integer.MAX_VALUE)) != null) {
                        throw new MalformedException("a hash with one field twice");
                    }
                }
                yield hash;
            }
            default -> throw new MalformedException("no value is of kind " + kind);
        };
    }

    private static int count(BinaryReader in, int minElementBytes) throws MalformedException {
        int count = Lengths.read(in, Integer.MAX_VALUE, minElementBytes);
        if (count == 0) {
            throw new MalformedException("a key that holds an empty collection");
        }
        return count;
    }

    record StringValue(ByteString bytes) implements Value {
        /** A key may hold no longer string, in bytes: what one request can set, APPEND cannot exceed. */
        static final int MAX_BYTES = Batch.MAX_BYTES;

        @Override
        public String typeName() {
            return "string";
        }

        @Override
        public Value copy() {
            return this;
        }

        @Override
        public void write(BinaryWriter out) {
            bytes.write(out.u8('s'));
        }
    }

    final class ListValue implements Value {
        final Ring elements = new Ring();

        @Override
        public String typeName() {
            return "list";
        }

        @Override
        public Value copy() {
            ListValue copy = new ListValue();
            for (int i = 0; i < elements.size(); i++) {
                copy.elements.addLast(elements.get(i));
            }
            return copy;
        }

        @Override
        public void write(BinaryWriter out) {
            Lengths.write(out.u8('l'), elements.size());
            for (int i = 0; i < elements.size(); i++) {
                elements.get(i).write(out);
            }
        }
    }

    final class SetValue implements Value {
        final LinkedHashSet<ByteString> members = new LinkedHashSet<>();

        @Override
        public String typeName() {
            return "set";
        }

        @Override
        public Value copy() {
            SetValue copy = new SetValue();
            copy.members.addAll(members);
            return copy;
        }

        @Override
        public void write(BinaryWriter out) {
            Lengths.write(out.u8('e'), members.size());
            members.forEach(member -> member.write(out));
        }
    }

    final class HashValue implements Value {
        final LinkedHashMap<ByteString, ByteString> fields = new LinkedHashMap<>();

        @Override
        public String typeName() {
            return "hash";
        }

        @Override
        public Value copy() {
            HashValue copy = new HashValue();
            copy.fields.putAll(fields);
            return copy;
        }

        @Override
        public void write(BinaryWriter out) {
            Lengths.write(out.u8('h'), fields.size());
            fields.forEach((field, value) -> {
                field.write(out);
                value.write(out);
            });
        }
    }
}
