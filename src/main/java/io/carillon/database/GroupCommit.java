package io.carillon.database;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets threads that write the same kind of row at the same time share a transaction (group commit,
 * DeWitt et al., 1984). A thread that comes alone writes at once. Those that come while it commits
 * wait for it, and then the first of them writes for all: nobody waits for others to come.
 *
 * <p>Entries with different keys never wait for each other.
 *
 * @param <K> what entries share a transaction by, such as the lock that it takes
 * @param <E> an entry
 * @param <R> an entry's result
 */
public final class GroupCommit<K, E, R> {
    private final int most;
    private final Function<E, @Nullable Object> identity;
    private final Function<List<E>, List<R>> work;

    /** Those that wait for the thread that writes now; there is none if a key is missing. */
    private final Map<K, Deque<Waiting>> waiting = new HashMap<>();

    private final class Waiting {
        private final E entry;

        /** Tells what the waiting thread does next: take its result, write for a group, or fail. */
        private final CompletableFuture<Supplier<R>> turn = new CompletableFuture<>();

        private Waiting(E entry) {
            this.entry = entry;
        }
    }

    /**
     * @param most how many entries share a transaction
     * @param identity of entries of which no two may share one; null: it may share with any
     * @param work writes entries in one transaction, all or none, and returns their results in the
     *     same order; is called by several threads at once, with different keys
     */
    public GroupCommit(
            int most, Function<E, @Nullable Object> identity, Function<List<E>, List<R>> work) {
        this.most = most;
        this.identity = identity;
        this.work = work;
    }

    /**
     * Writes an entry, with others or alone, and returns its result once it is committed. If
     * PostgreSQL refuses a group because of one of them, each is written alone, so that only that
     * one fails; if PostgreSQL is away, all fail alike.
     *
     * <p>Must not be called in a transaction: the entry may be written by another thread.
     */
    public R write(K key, E entry) {
        var own = new Waiting(entry);
        boolean isFirst;
        synchronized (waiting) {
            isFirst = !waiting.containsKey(key);
            waiting.computeIfAbsent(key, first -> new ArrayDeque<>()).add(own);
        }
        return isFirst ? writeGroup(key) : own.turn.join().get();
    }

    /** Writes for those that wait, of whom this thread is the first. */
    private R writeGroup(K key) {
        List<Waiting> group;
        IntFunction<R> results;
        try {
            group = take(key);
            results = results(group);
        } finally {
            handOver(key);
        }
        for (int index = 1; index < group.size(); index++) {
            int own = index;
            group.get(index).turn.complete(() -> results.apply(own));
        }
        return results.apply(0);
    }

    /** Writes a group, and returns how each of it gets its result. */
    private IntFunction<R> results(List<Waiting> group) {
        try {
            return work.apply(group.stream().map(each -> each.entry).toList())::get;
        } catch (RuntimeException | Error failure) {
            if (group.size() > 1 && SqlFailures.isOfRow(failure)) {
                return index -> writeAlone(group.get(index));
            }
            return index -> {
                throw failure;
            };
        }
    }

    private R writeAlone(Waiting entry) {
        return work.apply(List.of(entry.entry)).getFirst();
    }

    /**
     * Returns the first that wait, but no two alike: the second has to see what the first wrote.
     */
    private List<Waiting> take(K key) {
        var group = new ArrayList<Waiting>(most);
        var seen = HashSet.<Object>newHashSet(most);
        synchronized (waiting) {
            var left = waiting.getOrDefault(key, new ArrayDeque<>()).iterator();
            while (left.hasNext() && group.size() < most) {
                var next = left.next();
                var alike = identity.apply(next.entry);
                if (alike == null || seen.add(alike)) {
                    group.add(next);
                    left.remove();
                }
            }
        }
        return group;
    }

    private void handOver(K key) {
        synchronized (waiting) {
            var next = waiting.getOrDefault(key, new ArrayDeque<>()).peek();
            if (next == null) {
                waiting.remove(key);
            } else {
                next.turn.complete(() -> writeGroup(key));
            }
        }
    }
}
