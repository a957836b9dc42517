package io.carillon.handler.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupNamesTest {
    private static final UUID JOB = UUID.fromString("019375a0-0000-7000-8000-5e0c1a2b3d4f");

    private final BackupNames names = new BackupNames("sh.op", JOB);

    @Test
    void aBackupIsKnownByItsNameWhateverItsFormat() {
        String file = names.backup(Instant.parse("2026-12-01T02:00:00.123Z"), ".tar.zst.age");

        assertThat(file).isEqualTo("sh.op-5e0c1a2b3d4f-20261201T020000123Z.tar.zst.age");
        assertThat(names.madeAt(file)).isEqualTo("20261201T020000123Z");
        assertThat(names.madeAt("sh.op-5e0c1a2b3d4f-20261201T020000123Z.dump")).isNotNull();
        assertThat(names.isTemporary(BackupNames.temporary(file, 7))).isTrue();
        assertThat(names.isTemporary(file)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sh.op-5e0c1a2b3d40-20261201T020000123Z.dump",
                "shxop-5e0c1a2b3d4f-20261201T020000123Z.dump",
                "my-sh.op-5e0c1a2b3d4f-20261201T020000123Z.dump",
                "sh.op-5e0c1a2b3d4f-20261201T020000123Z.dump.txt",
                "sh.op-5e0c1a2b3d4f-latest.dump",
                ".sh.op-5e0c1a2b3d4f-20261201T020000123Z.dump.7.part"
            })
    void whatIsNotOfThisJobIsLeftAlone(String file) {
        assertThat(names.madeAt(file)).isNull();
    }

    @Test
    void whatIsNewerThanTheLatestIsNeverOld() {
        var files =
                Stream.of("03", "01", "04", "02")
                        .map(day -> "sh.op-5e0c1a2b3d4f-202612%sT020000123Z.dump".formatted(day))
                        .toList();
        String first = files.get(1);
        String second = files.get(3);
        String third = files.getFirst();

        assertThat(names.old(files, third, 1)).containsExactly(first, second);
        assertThat(names.old(files, third, 3)).containsExactly(first);
        assertThat(names.old(files, third, 4)).isEmpty();
        assertThat(names.old(files, second, 1)).containsExactly(first);
        assertThat(names.old(List.of(first), second, 1)).containsExactly(first);
        assertThat(names.old(List.of(), second, 1)).isEmpty();
    }
}
