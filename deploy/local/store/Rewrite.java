package verbundwerk.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * Writes all entries into a new file. The library's own compaction copies pages as they are, and a page between others
 * keeps a key as signpost long after the key's entry is gone: an erased person's id would stay in the file.
 */
final class Rewrite {

    /** The library's name for it: {@code MVStoreTool.compactCleanUp} knows what to do with one that was left. */
    private static final String NEW_FILE = ".newFile";

    private Rewrite() {
    }

    /** Closes {@code disk}, whose maps must all be open, and puts a file with its entries in the place of its own. */
    static void close(MVStore disk) {
        Path file = Path.of(disk.getFileStore().getFileName());
        Path fresh = file.resolveSibling(file.getFileName() + NEW_FILE);
        try {
            Files.deleteIfExists(fresh);
            try (MVStore target = new MVStore.Builder().fileName(fresh.toString()).autoCommitDisabled().open()) {
                disk.getMapNames().forEach(name -> copy(disk.openMap(name), name, target));
                target.commit();
            }
            disk.close();
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static <K, V> void copy(MVMap<K, V> source, String name, MVStore target) {
        Map<K, V> copied = target.openMap(name,
            new MVMap.Builder<K, V>().keyType(source.getKeyType()).valueType(source.getValueType()));
        Cursor<K, V> entries = source.cursor(null);
        while (entries.hasNext()) {
            K key = entries.next();
            copied.put(key, entries.getValue());
        }
    }
}
