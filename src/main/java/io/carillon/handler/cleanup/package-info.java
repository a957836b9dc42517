/**
 * The {@code cleanup_task} type: deletes files by age and name under a root that the administrator
 * has named. It deletes only files, follows no links and does not leave its root; {@link
 * io.carillon.files.RootFolder} guarantees that.
 */
@NullMarked
package io.carillon.handler.cleanup;

import org.jspecify.annotations.NullMarked;
