/**
 * The {@code backup_task} type: backs up a PostgreSQL database that the administrator has named, by
 * PostgreSQL's own {@code pg_dump}, or a folder under a root that the administrator has named, to
 * one file in another such folder, or to one object in a bucket of S3.
 *
 * <p>The file is written as a stream under a temporary name, read back whole, and only then gets
 * its own name; older backups are deleted after that. So whatever an attempt meets, there is either
 * one more backup that could be read, or nothing has changed; what a killed process leaves is a
 * temporary file, which a later attempt of the job deletes.
 *
 * <p>A bucket can rename nothing, but puts an object there whole or not at all. It is uploaded in
 * parts, read back whole, and then gets an object with its checksum beside it: without that it
 * counts as no backup, and an attempt that fails deletes what it has made. What a killed process
 * leaves, parts or an object without a checksum, a later attempt removes after a day. ADR 0038 says
 * why.
 *
 * <p>The formats are those of {@code pg_dump}, {@code tar}, {@code gzip}, {@code zstd} and {@code
 * age}: nobody needs Carillon to restore a backup.
 */
@NullMarked
package io.carillon.handler.backup;

import org.jspecify.annotations.NullMarked;
