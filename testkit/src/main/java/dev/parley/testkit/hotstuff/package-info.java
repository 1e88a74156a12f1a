/**
 * What the test kit knows of HotStuff: the properties that hold beyond those of all protocols, behaviours that forge its messages, and
 * bugs planted in its rules. The only package of the test kit that knows it. Begin with
 * {@link dev.parley.testkit.hotstuff.HotStuffUnderTest}.
 */
@NullMarked
package dev.parley.testkit.hotstuff;

import org.jspecify.annotations.NullMarked;
