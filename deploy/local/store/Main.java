package verbundwerk.store;

import de.bwaldvogel.mongo.MongoServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreTool;

/** The document store of the local runtime: MongoDB's wire protocol, one file on disk, nothing acknowledged before it is in the file. */
public final class Main {

    /** Blocked while a commit runs, so one per connection that may write at the same time. */
    private static final int WORKERS = 64;

    private static final int PAGE_CACHE_MB = 64;

    private Main() {
    }

    /** Arguments: the file, the port of 127.0.0.1. Ends cleanly on SIGTERM, with the file compacted. */
    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        int port = Integer.parseInt(arguments[1]);

        MVStore disk = open(file);
        DurableBackend backend = new DurableBackend(disk);
        backend.version(new WireVersion());
        MongoServer server = new MongoServer(backend);
        server.bind(new InetSocketAddress("127.0.0.1", port), 1, WORKERS);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow, "shutdown"));
        System.out.println("store ready on 127.0.0.1:" + port);
    }

    private static MVStore open(Path file) {
        MVStoreTool.compactCleanUp(file.toString());  // where a compaction was killed between its two files
        MVStore disk = new MVStore.Builder()
            .fileName(file.toString())
            .autoCommitDisabled()
            .cacheSize(PAGE_CACHE_MB)
            .open();
        disk.setVersionsToKeep(0);
        // Space of replaced pages is used again at once. Safe against a killed process: the operating system keeps
        // the order of writes. Only a power cut could reorder them, and a laptop's test data may bear that.
        disk.setRetentionTime(0);
        return disk;
    }
}
