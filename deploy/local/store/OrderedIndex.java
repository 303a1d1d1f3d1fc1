package verbundwerk.store;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A secondary index: entries of (key values, _id) in key order, in memory, built from the documents at start.
 *
 * <p>The library accepts such an index and ignores it, so that each query reads the whole collection.
 * Always changed under the collection's lock, together with the documents.
 */
final class OrderedIndex extends Index<Object> {

    static final String ID = "_id";

    private final List<IndexKey> order;
    private final NavigableMap<Entry, Object> entries;
    private boolean severalPerDocument;

    OrderedIndex(String name, List<IndexKey> keys) {
        super(name, keys, true);
        order = new ArrayList<>(keys);
        if (keys.stream().noneMatch(key -> key.getKey().equals(ID))) {
            order.add(new IndexKey(ID, true));
        }
        entries = new ConcurrentSkipListMap<>(Entry.comparator(order));
    }

    /** The keys that entries are sorted by: the declared ones, then _id. */
    List<IndexKey> order() {
        return order;
    }

    /** Whether an array was indexed: then a document has several entries, and neither ranges nor order may be used. */
    boolean severalPerDocument() {
        return severalPerDocument;
    }

    /** Positions between two bounds, in the order of the keys or the opposite one. */
    Iterable<Object> positions(Entry from, Entry to, boolean reversed) {
        if (entries.comparator().compare(from, to) > 0) {
            return List.of();
        }
        NavigableMap<Entry, Object> part = entries.subMap(from, true, to, true);
        return reversed ? part.descendingMap().values() : part.values();
    }

    private List<Entry> entriesOf(Document document) {
        List<Entry> found = new ArrayList<>();
        for (KeyValue key : getKeyValues(document)) {
            List<Object> values = new ArrayList<>();
            key.forEach(values::add);
            if (values.size() < order.size()) {
                values.add(document.get(ID));
            }
            found.add(new Entry(values, Entry.REAL));
        }
        if (found.size() != 1 || found.get(0).values().stream().anyMatch(List.class::isInstance)) {
            severalPerDocument = true;
        }
        return found;
    }

    @Override
    public void add(Document document, Object position, MongoCollection<Object> collection) {
        for (Entry entry : entriesOf(document)) {
            entries.put(entry, position);
        }
    }

    @Override
    public Object remove(Document document) {
        entriesOf(document).forEach(entries::remove);
        return null; // only unique indexes tell the position
    }

    @Override
    public void updateInPlace(Document before, Document after, Object position, MongoCollection<Object> collection) {
        if (!nullAwareEqualsKeys(before, after)) {
            remove(before);
            add(after, position, collection);
        }
    }

    @Override
    public Object getPosition(Document document) {
        return null;
    }

    @Override
    public void checkAdd(Document document, MongoCollection<Object> collection) {
        // never refuses
    }

    @Override
    public void checkUpdate(Document before, Document after, MongoCollection<Object> collection) {
        // never refuses
    }

    @Override
    public boolean canHandle(Document query) {
        return false; // StoreCollection plans with positions()
    }

    @Override
    public Iterable<Object> getPositions(Document query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long getCount() {
        return entries.size();
    }

    @Override
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public long getDataSize() {
        return entries.size();
    }

    @Override
    public void drop() {
        entries.clear();
    }

    /** Key values; or a bound before or after all entries that start with these values. */
    record Entry(List<Object> values, int side) {

        static final int BEFORE = -1;
        static final int REAL = 0;
        static final int AFTER = 1;

        static Comparator<Entry> comparator(List<IndexKey> order) {
            return (one, other) -> {
                int size = Math.min(one.values.size(), other.values.size());
                for (int i = 0; i < size; i++) {
                    int found = KeyType.VALUES.compare(one.values.get(i), other.values.get(i));
                    if (found != 0) {
                        return order.get(i).isAscending() ? found : -found;
                    }
                }
                return Integer.compare(one.side, other.side);
            };
        }

        static Map.Entry<Entry, Entry> all(List<Object> prefix) {
            return Map.entry(new Entry(prefix, BEFORE), new Entry(prefix, AFTER));
        }
    }
}
