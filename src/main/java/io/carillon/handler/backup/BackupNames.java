package io.carillon.handler.backup;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names the files of one job, such as {@code shop-5e0c1a2b3d4f-20261201T020000123Z.dump.gz}: the
 * twelve digits are the last of the job's id, so that no job takes another's files for its own.
 */
final class BackupNames {
    private static final int DIGITS = 12;
    private static final String INSTANT = "\\d{8}T\\d{9}Z";
    private static final String SUFFIXES = "\\.(?:dump|sql|tar)(?:\\.gz|\\.zst)?(?:\\.age)?";
    private static final String TEMPORARY = ".part";

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private final String prefix;
    private final Pattern backups;
    private final Pattern temporaries;

    /**
     * @param owner the job, or for a submission the execution
     */
    BackupNames(String name, UUID owner) {
        String id = owner.toString().replace("-", "");
        this.prefix = name + "-" + id.substring(id.length() - DIGITS) + "-";
        String pattern = Pattern.quote(prefix) + "(" + INSTANT + ")" + SUFFIXES;
        this.backups = Pattern.compile(pattern);
        this.temporaries = Pattern.compile("\\." + pattern + "\\.\\d+" + Pattern.quote(TEMPORARY));
    }

    /** Returns how the names of all its files begin. */
    String prefix() {
        return prefix;
    }

    String backup(Instant madeAt, String suffix) {
        return prefix + FORMAT.format(madeAt) + suffix;
    }

    /**
     * Returns the hidden name under which an attempt writes.
     *
     * @param epoch the attempt's, which no other has
     */
    static String temporary(String backup, long epoch) {
        return "." + backup + "." + epoch + TEMPORARY;
    }

    /** Returns when a backup of this job was made, as text that sorts; null for other files. */
    @Nullable String madeAt(String file) {
        var matcher = backups.matcher(file);
        return matcher.matches() ? matcher.group(1) : null;
    }

    /**
     * Returns which backups are not to be kept, the oldest first: never the latest, nor one that is
     * newer, which an execution has made that began later and ended sooner.
     *
     * @param backups of this job, perhaps with the latest
     * @param keep how many are kept, with the latest
     */
    List<String> old(Collection<String> backups, String latest, int keep) {
        var sorted =
                new TreeSet<String>(
                        Comparator.comparing(this::madeAt)
                                .thenComparing(Comparator.naturalOrder()));
        sorted.addAll(backups);
        sorted.add(latest);
        int count = Math.max(0, sorted.size() - keep);
        return sorted.headSet(latest).stream().limit(count).toList();
    }

    /** Whether an attempt of this job writes to it, or has left it behind. */
    boolean isTemporary(String file) {
        return temporaries.matcher(file).matches();
    }
}
