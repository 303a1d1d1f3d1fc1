package verbundwerk.store;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.h2.mvstore.MVStore;

/** Answers a command only when all that the answer rests on is in the file. */
final class DurableBackend extends H2Backend {

    /** Commands that change nothing. Any other is taken for a write: too many commits are slow, one too few loses data. */
    private static final Set<String> READS = Set.of(
        "aggregate", "buildinfo", "collstats", "connectionstatus", "count", "dbstats", "distinct", "endsessions", "find",
        "getcmdlineopts", "getfreemonitoringstatus", "getlasterror", "getlog", "getmore", "hello", "hostinfo", "ismaster",
        "killcursors", "listcollections", "listdatabases", "listindexes", "ping", "replsetgetstatus", "serverstatus",
        "validate", "whatsmyuri");

    private final GroupCommit commits = new GroupCommit(this::commit);

    /** Number of the last write per collection: what a reader of it may have seen. */
    private final Map<String, Long> lastWrite = new ConcurrentHashMap<>();

    DurableBackend(MVStore disk) {
        super(disk);
        commit();
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
        return new StoreDatabase(name, getMvStore(), getCursorRegistry());
    }

    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
        Supplier<Document> run = () -> super.handleCommand(channel, database, command, query);
        String collection = database + "." + query.get(command);
        return isRead(command, query) ? read(collection, run) : write(collection, run);
    }

    @Override
    public QueryResult handleQuery(MongoQuery query) {
        return read(query.getDatabaseName() + "." + query.getCollectionName(), () -> super.handleQuery(query));
    }

    private static boolean isRead(String command, Document query) {
        if (!READS.contains(command.toLowerCase(Locale.ROOT))) {
            return false;
        }
        return !(query.get("pipeline") instanceof List<?> stages) || stages.stream().noneMatch(DurableBackend::writes);
    }

    private static boolean writes(Object stage) {
        return stage instanceof Document document && (document.containsKey("$out") || document.containsKey("$merge"));
    }

    /** Commits nothing itself; waits only while a write to the same collection is not in the file yet. */
    private <T> T read(String collection, Supplier<T> command) {
        T answer = command.get();
        commits.await(lastWrite.getOrDefault(collection, 0L));
        return answer;
    }

    private <T> T write(String collection, Supplier<T> command) {
        Outcome<T> outcome = commits.run(number -> {
            // Before it runs: a reader that sees its effect must find the number.
            lastWrite.merge(collection, number, Math::max);
            return Outcome.of(number, command);
        });
        // Also after an error: a bulk that failed at its third document has written two.
        commits.await(outcome.number());
        return outcome.get();
    }

    /** What a command returned or threw, kept until its commit. */
    private record Outcome<T>(long number, T value, RuntimeException error) {

        static <T> Outcome<T> of(long number, Supplier<T> command) {
            try {
                return new Outcome<>(number, command.get(), null);
            } catch (RuntimeException thrown) {
                return new Outcome<>(number, null, thrown);
            }
        }

        T get() {
            if (error != null) {
                throw error;
            }
            return value;
        }
    }

    /** A store that cannot write (a full disk) must stop, not answer from memory. */
    @Override
    public void commit() {
        try {
            super.commit();
        } catch (RuntimeException failed) {
            failed.printStackTrace();
            Runtime.getRuntime().halt(74);
        }
    }

    @Override
    public void close() {
        commit();
        Rewrite.close(getMvStore());
    }
}
