/**
 * Folders of this machine in which jobs may read, write or delete: those that the administrator has
 * named, and what is below them. A job names a root and a path under it; every part of the path is
 * opened relative to the folder before it and never through a link ({@link
 * io.carillon.files.RootFolder}), so that nobody who can write below a root can lead a job out of
 * it, however fast they replace a folder with a link.
 */
@NullMarked
package io.carillon.files;

import org.jspecify.annotations.NullMarked;
