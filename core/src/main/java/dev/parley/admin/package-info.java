/** What operators ask a process: whether it lives, where it is, what it counts. Begin with {@link dev.parley.admin.AdminServer}. */
@NullMarked
package dev.parley.admin;

import org.jspecify.annotations.NullMarked;
