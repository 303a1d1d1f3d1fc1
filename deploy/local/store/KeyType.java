package verbundwerk.store;

import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.ValueComparator;
import de.bwaldvogel.mongo.bson.Document;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/**
 * Keys of unique indexes in MongoDB's order.
 *
 * <p>H2's own type serializes both keys at every comparison: a look-up by _id among 100,000 costs 17 of them.
 */
final class KeyType extends BasicDataType<KeyValue> {

    static final ValueComparator VALUES = ValueComparator.ascWithoutListHandling();
    private static final String FIELD = "k";
    private static final int MEMORY_PER_VALUE = 80;

    private final DocumentType documents = new DocumentType();

    @Override
    public int compare(KeyValue one, KeyValue other) {
        int size = Math.min(one.size(), other.size());
        for (int i = 0; i < size; i++) {
            int order = VALUES.compare(one.get(i), other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(one.size(), other.size());
    }

    @Override
    public int getMemory(KeyValue key) {
        return MEMORY_PER_VALUE * (1 + key.size());
    }

    @Override
    public void write(WriteBuffer buffer, KeyValue key) {
        List<Object> values = new ArrayList<>();
        key.forEach(values::add);
        documents.write(buffer, new Document(FIELD, values));
    }

    @Override
    public KeyValue read(ByteBuffer buffer) {
        return new KeyValue((List<?>) documents.read(buffer).get(FIELD));
    }

    @Override
    public KeyValue[] createStorage(int size) {
        return new KeyValue[size];
    }
}
