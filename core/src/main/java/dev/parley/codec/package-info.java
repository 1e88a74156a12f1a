/**
 * The canonical binary form of everything that crosses a network or reaches a disk: fixed-width big-endian numbers and
 * length-prefixed bytes, each bounded before anything is allocated. Begin with {@link dev.parley.codec.BinaryReader}.
 */
@NullMarked
package dev.parley.codec;

import org.jspecify.annotations.NullMarked;
