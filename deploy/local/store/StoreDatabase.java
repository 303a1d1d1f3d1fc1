package verbundwerk.store;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DatabaseResolver;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import io.netty.channel.Channel;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** One database: a map of documents per collection and a map per unique index, with the names that H2Backend looks for. */
final class StoreDatabase extends AbstractSynchronizedMongoDatabase<Object> {

    private static final String DOCUMENTS = "databases.";
    private static final String META = "meta.";

    private final MVStore disk;

    StoreDatabase(String name, MVStore disk, CursorRegistry cursors) {
        super(name, cursors);
        this.disk = disk;
        initializeNamespacesAndIndexes();
    }

    @Override
    protected MongoCollection<Object> openOrCreateCollection(String name, CollectionOptions options) {
        String fullName = getFullCollectionNamespace(name);
        MVMap<Object, Document> documents = disk.openMap(DOCUMENTS + fullName,
            new MVMap.Builder<Object, Document>().valueType(new DocumentType()));
        MVMap<String, Object> meta = disk.openMap(META + fullName);
        return new StoreCollection(this, name, options, documents, meta, cursorRegistry);
    }

    @Override
    protected Index<Object> openOrCreateUniqueIndex(String collection, String name, List<IndexKey> keys, boolean sparse) {
        MVMap<KeyValue, Object> map = disk.openMap(indexMap(collection, name),
            new MVMap.Builder<KeyValue, Object>().keyType(new KeyType()));
        return new UniqueIndex(map, name, keys, sparse);
    }

    @Override
    protected Index<Object> openOrCreateSecondaryIndex(String collection, String name, List<IndexKey> keys, boolean sparse) {
        return new OrderedIndex(name, keys);
    }

    /** A first {@code $match} goes to the indexes; the library would hand every document to the pipeline. */
    @Override
    public Document handleCommand(Channel channel, String command, Document query, DatabaseResolver databases, Oplog oplog) {
        if (command.equalsIgnoreCase("aggregate")) {
            List<Document> stages = Aggregation.parse(query.get("pipeline"));
            MongoCollection<Object> collection = resolveCollection(query.get(command).toString(), false);
            if (collection != null && !stages.isEmpty() && stages.get(0).get("$match") instanceof Document match) {
                Aggregation rest = Aggregation.fromPipeline(stages.subList(1, stages.size()), databases, this, collection, oplog);
                rest.validate(query);
                List<Document> found = rest.runStages(collection.handleQueryAsStream(match));
                Document cursor = new Document("id", 0L).append("ns", collection.getFullName()).append("firstBatch", found);
                return new Document("cursor", cursor).append("ok", 1.0);
            }
        }
        return super.handleCommand(channel, command, query, databases, oplog);
    }

    private String indexMap(String collection, String index) {
        return getFullCollectionNamespace(collection) + "._index_" + index;
    }

    @Override
    protected void dropIndex(MongoCollection<Object> collection, String name) {
        super.dropIndex(collection, name);
        removeMap(indexMap(collection.getCollectionName(), name));
    }

    @Override
    public void dropCollection(String name, Oplog oplog) {
        super.dropCollection(name, oplog);
        removeMap(DOCUMENTS + getFullCollectionNamespace(name));
        removeMap(META + getFullCollectionNamespace(name));
    }

    private void removeMap(String name) {
        if (disk.hasMap(name)) {
            disk.removeMap(name);
        }
    }

    @Override
    public void moveCollection(MongoDatabase from, MongoCollection<?> collection, String newName) {
        throw new UnsupportedOperationException("renameCollection is outside the used subset of MongoDB");
    }

    @Override
    protected long getStorageSize() {
        return disk.getFileStore().size();
    }

    @Override
    protected long getFileSize() {
        return getStorageSize();
    }
}
