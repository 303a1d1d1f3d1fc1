package verbundwerk.store;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.ArrayFilters;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;

/**
 * One collection whose stored documents never change in place, and whose queries use the indexes.
 *
 * <p>The library updates the stored document itself, field by field. A commit or an answer that reads it at that moment
 * would hold half an update, and an answer that waits for its commit would show a later one.
 */
final class StoreCollection extends H2Collection {

    /** What the running command does to the documents it finds; guarded by this collection's lock. */
    private enum Use { READ, CHANGE_ONE, CHANGE_ALL }

    private Use use = Use.READ;

    StoreCollection(MongoDatabase database, String name, CollectionOptions options, MVMap<Object, Document> documents,
                    MVMap<String, Object> meta, CursorRegistry cursors) {
        super(database, name, options, documents, meta, cursors);
    }

    @Override
    public synchronized Document findAndModify(Document query) {
        use = Use.CHANGE_ONE;
        try {
            return super.findAndModify(query);
        } finally {
            use = Use.READ;
        }
    }

    @Override
    public synchronized Document updateDocuments(Document selector, Document update, ArrayFilters filters,
                                                 boolean multi, boolean upsert, Oplog oplog) {
        use = multi ? Use.CHANGE_ALL : Use.CHANGE_ONE;
        try {
            return super.updateDocuments(selector, update, filters, multi, upsert, oplog);
        } finally {
            use = Use.READ;
        }
    }

    @Override
    public synchronized int count(Document query, int skip, int limit) {
        return super.count(query, skip, limit);
    }

    @Override
    protected QueryResult queryDocuments(Document query, Document orderBy, int skip, int limit, int batch, Document fields) {
        int most = use == Use.CHANGE_ONE ? 1 : limit;
        Optional<Iterable<Object>> unique = byUniqueIndex(query);
        if (unique.isPresent()) {
            return matchDocuments(query, unique.get(), orderBy, skip, most, batch, fields);
        }
        Stream<OrderedIndex> ordered = getIndexes().stream()
            .filter(OrderedIndex.class::isInstance).map(OrderedIndex.class::cast);
        Optional<Plan> plan = Plan.best(ordered, query, orderBy);
        if (plan.isPresent()) {
            Document stillToSort = plan.get().sorted().isPresent() ? null : orderBy;
            return matchDocuments(query, plan.get().positions(), stillToSort, skip, most, batch, fields);
        }
        return matchDocuments(query, orderBy, skip, most, batch, fields);
    }

    /** The library asks an index only if the query has no other field: a guarded write {_id, version} read everything. */
    private Optional<Iterable<Object>> byUniqueIndex(Document query) {
        for (Index<Object> index : getIndexes()) {
            if (!index.isUnique()) {
                continue;
            }
            Document part = new Document();
            for (IndexKey key : index.getKeys()) {
                if (query.containsKey(key.getKey())) {
                    part.put(key.getKey(), query.get(key.getKey()));
                }
            }
            if (index.canHandle(part)) {
                return Optional.of(index.getPositions(part));
            }
        }
        return Optional.empty();
    }

    @Override
    protected QueryResult matchDocumentsFromStream(Document query, Stream<Document> documents, int skip, int limit, int batch,
                                                   Comparator<Document> order, Document fields) {
        if (use == Use.READ) {
            return super.matchDocumentsFromStream(query, documents, skip, limit, batch, order, fields);
        }
        Stream<Document> found = documents.filter(document -> documentMatchesQuery(document, query));
        // Sorted and limited before the copy: a command that changes one document copies one.
        Stream<Document> sorted = order == null ? found : found.sorted(order);
        Stream<Document> copies = (limit > 0 ? sorted.skip(skip).limit(limit) : sorted.skip(skip)).map(Document::cloneDeeply);
        return super.matchDocumentsFromStream(new Document(), copies, 0, 0, batch, null, fields);
    }

    /** Nobody asks for it, and it would cost an encoding and a second map's page with each write. */
    @Override
    protected boolean tracksDataSize() {
        return false;
    }
}
