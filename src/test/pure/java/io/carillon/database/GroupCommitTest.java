package io.carillon.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
    private static final String BLOCKS = "blocks";
    private static final String REFUSED = "refused";
    private static final String AWAY = "away";

    private final List<List<String>> written = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final GroupCommit<String, String, String> commit =
            new GroupCommit<>(4, GroupCommitTest::identity, this::writeAll);

    /** Of the entries that begin with a key, such as {@code key:1}, no two are alike. */
    private static @Nullable Object identity(String entry) {
        int colon = entry.indexOf(':');
        return colon < 0 ? null : entry.substring(0, colon);
    }

    private List<String> writeAll(List<String> entries) {
        written.add(entries);
        if (entries.contains(BLOCKS)) {
            try {
                released.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
        if (entries.contains(REFUSED)) {
            throw new DatabaseException(new SQLException("refused", "22021"));
        }
        if (entries.contains(AWAY)) {
            throw new DatabaseException(new SQLException("away", "57P01"));
        }
        return entries.stream().map(each -> each + " written").toList();
    }

    @Test
    void whoComesAloneWritesAtOnce() {
        assertThat(commit.write("queue", "a")).isEqualTo("a written");
        assertThat(commit.write("queue", "b")).isEqualTo("b written");

        assertThat(written).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void whoComesMeanwhileIsWrittenTogether() {
        var results = behindABlockedOne("a", "b", "c");

        assertThat(results)
                .extracting(CompletableFuture::join)
                .containsExactly("blocks written", "a written", "b written", "c written");
        assertThat(written).containsExactly(List.of(BLOCKS), List.of("a", "b", "c"));
    }

    @Test
    void noMoreThanAllowedAreWrittenTogether() {
        var results = behindABlockedOne("a", "b", "c", "d", "e", "f");

        assertThat(results).allSatisfy(each -> assertThat(each.join()).endsWith(" written"));
        assertThat(written)
                .containsExactly(List.of(BLOCKS), List.of("a", "b", "c", "d"), List.of("e", "f"));
    }

    @Test
    void twoThatAreAlikeAreWrittenOneAfterTheOther() {
        var results = behindABlockedOne("key:1", "key:2", "a", "key:3");

        assertThat(results).allSatisfy(each -> assertThat(each.join()).endsWith(" written"));
        assertThat(written)
                .containsExactly(
                        List.of(BLOCKS), List.of("key:1", "a"), List.of("key:2"), List.of("key:3"));
    }

    @Test
    void onlyTheOneThatIsRefusedFails() {
        var results = behindABlockedOne("a", REFUSED, "b");

        assertThat(results.get(1).join()).isEqualTo("a written");
        assertThat(results.get(3).join()).isEqualTo("b written");
        assertThatThrownBy(results.get(2)::join).hasCauseInstanceOf(DatabaseException.class);
        assertThat(written)
                .contains(List.of("a", REFUSED, "b"), List.of("a"), List.of(REFUSED), List.of("b"));
        assertThat(commit.write("queue", "c")).isEqualTo("c written");
    }

    @Test
    void allFailAtOnceIfTheDatabaseIsAway() {
        var results = behindABlockedOne("a", AWAY, "b");

        assertThat(results.subList(1, 4))
                .allSatisfy(
                        each ->
                                assertThatThrownBy(each::join)
                                        .hasCauseInstanceOf(DatabaseException.class));
        assertThat(written).hasSize(2);
        assertThat(commit.write("queue", "c")).isEqualTo("c written");
    }

    @Test
    void anotherKeyIsNotHeldUp() {
        var blocked = write("queue", BLOCKS);

        assertThat(commit.write("another", "a")).isEqualTo("a written");
        released.countDown();
        assertThat(blocked.join()).isEqualTo("blocks written");
    }

    /** Writes the entries while another is being written, and lets that one go on. */
    private List<CompletableFuture<String>> behindABlockedOne(String... entries) {
        var results = new ArrayList<CompletableFuture<String>>();
        results.add(write("queue", BLOCKS));
        for (var entry : entries) {
            results.add(write("queue", entry));
        }
        released.countDown();
        return results;
    }

    /** Returns when the thread that writes it waits. */
    private CompletableFuture<String> write(String key, String entry) {
        var result = new CompletableFuture<String>();
        var thread =
                Thread.startVirtualThread(
                        () -> {
                            try {
                                result.complete(commit.write(key, entry));
                            } catch (RuntimeException failure) {
                                result.completeExceptionally(failure);
                            }
                        });
        await().until(() -> thread.getState() == Thread.State.WAITING);
        return result;
    }
}
