package verbundwerk.store;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;

/**
 * Lets commands run together and commits for all that finished since the last commit at once.
 *
 * <p>A command changes several maps (documents, indexes), so a commit may only fall between commands: they hold the
 * read side of a lock, the commit the write side. Otherwise a kill could leave a document without its index entry.
 */
final class GroupCommit {

    private final ReentrantReadWriteLock running = new ReentrantReadWriteLock();
    private final Object turn = new Object();
    private final AtomicLong started = new AtomicLong();
    private final Runnable commit;
    private volatile long committed;
    private boolean committing;

    GroupCommit(Runnable commit) {
        this.commit = commit;
    }

    /** Run a command that may change documents, giving it its number for {@link #await}. */
    <T> T run(LongFunction<T> command) {
        running.readLock().lock();
        try {
            return command.apply(started.incrementAndGet());
        } finally {
            running.readLock().unlock();
        }
    }

    /** Return when the command of this number and all before it are in the file: by another's commit or by an own one. */
    void await(long number) {
        while (committed < number) {
            synchronized (turn) {
                if (committed >= number) {
                    return;
                }
                if (committing) {
                    waitForTurn();
                    continue;
                }
                committing = true;
            }
            lead();
        }
    }

    private void lead() {
        long upTo = committed;
        running.writeLock().lock();
        try {
            long last = started.get(); // none is half done: this thread holds the write side
            commit.run();
            upTo = last;
        } finally {
            running.writeLock().unlock();
            synchronized (turn) {
                committed = upTo;
                committing = false;
                turn.notifyAll();
            }
        }
    }

    private void waitForTurn() {
        try {
            turn.wait();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped before the commit", stopped);
        }
    }
}
