/**
 * The {@code file_upload} type: sends a file under a root that the administrator has named to a
 * URL. The file is streamed, by the same client and guard as calls of the {@code http} type, and
 * never held in memory.
 */
@NullMarked
package io.carillon.handler.upload;

import org.jspecify.annotations.NullMarked;
