/**
 * The {@code cleanup_task} type: deletes files by age and name under a root that the administrator
 * has named. It deletes files alone, follows no link, and does not leave its root: {@link
 * io.carillon.files.RootFolder} holds that.
 */
@NullMarked
package io.carillon.handler.cleanup;

import org.jspecify.annotations.NullMarked;
