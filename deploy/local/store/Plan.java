package verbundwerk.store;

import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import verbundwerk.store.OrderedIndex.Entry;

/**
 * How one ordered index answers a query: equal values of its first keys, then a range, perhaps in the wanted order.
 *
 * <p>The positions are a superset: the caller still filters by the whole query.
 */
record Plan(OrderedIndex index, List<Object> prefix, Entry from, Entry to, boolean ranged, Optional<Boolean> sorted) {

    private static final Set<String> RANGE = Set.of("$gt", "$gte", "$lt", "$lte");

    /** Return the plan with the best use of an index, if any helps. */
    static Optional<Plan> best(Stream<OrderedIndex> indexes, Document query, Document orderBy) {
        return indexes.map(index -> of(index, query, orderBy)).filter(plan -> plan.worth() > 0)
            .reduce((one, other) -> other.worth() > one.worth() ? other : one);
    }

    private static Plan of(OrderedIndex index, Document query, Document orderBy) {
        List<Object> prefix = new ArrayList<>();
        for (IndexKey key : index.order()) {
            Optional<Object> equal = equality(query.get(key.getKey()));
            if (equal.isEmpty()) {
                break;
            }
            prefix.add(equal.get());
        }
        Map.Entry<Entry, Entry> bounds = Entry.all(prefix);
        Entry from = bounds.getKey();
        Entry to = bounds.getValue();
        boolean ranged = false;
        if (prefix.size() < index.order().size() && !index.severalPerDocument()) {
            IndexKey next = index.order().get(prefix.size());
            if (query.get(next.getKey()) instanceof Document range && RANGE.containsAll(range.keySet()) && !range.isEmpty()) {
                Entry low = bound(prefix, range, "$gt", "$gte", Entry.BEFORE).orElse(null);
                Entry high = bound(prefix, range, "$lt", "$lte", Entry.AFTER).orElse(null);
                ranged = low != null || high != null;
                Entry first = next.isAscending() ? low : mirrored(high);
                Entry last = next.isAscending() ? high : mirrored(low);
                from = first != null ? first : from;
                to = last != null ? last : to;
            }
        }
        return new Plan(index, prefix, from, to, ranged, sorted(index, prefix.size(), query, orderBy));
    }

    /** A strict bound leaves out the entries of its own value, the other one takes them in. */
    private static Optional<Entry> bound(List<Object> prefix, Document range, String strict, String loose, int inside) {
        boolean isStrict = range.containsKey(strict);
        Object value = range.get(isStrict ? strict : loose);
        if (!isPlain(value)) {
            return Optional.empty();
        }
        List<Object> values = new ArrayList<>(prefix);
        values.add(normalized(value));
        return Optional.of(new Entry(values, isStrict ? -inside : inside));
    }

    private static Entry mirrored(Entry bound) {
        return bound == null ? null : new Entry(bound.values(), -bound.side());
    }

    private static Optional<Object> equality(Object condition) {
        Object value = condition;
        if (condition instanceof Document document && document.keySet().equals(Set.of("$eq"))) {
            value = document.get("$eq");
        }
        return isPlain(value) ? Optional.of(normalized(value)) : Optional.empty();
    }

    /** Null also matches a missing field, an array or a document compares as a whole: those are left to the filter. */
    private static boolean isPlain(Object value) {
        return !(value == null || value instanceof Collection || value instanceof Map || value instanceof BsonRegularExpression);
    }

    private static Object normalized(Object value) {
        return new KeyValue(value).normalized().get(0);
    }

    /** Empty: the caller must sort; false: this index yields the wanted order; true: the opposite one. */
    private static Optional<Boolean> sorted(OrderedIndex index, int fixed, Document query, Document orderBy) {
        if (orderBy == null || orderBy.isEmpty() || index.severalPerDocument()) {
            return Optional.empty();
        }
        Map<String, Boolean> wanted = new LinkedHashMap<>();
        orderBy.forEach((field, direction) -> {
            if (equality(query.get(field)).isEmpty()) {
                wanted.put(field, direction instanceof Number number && number.intValue() > 0);
            }
        });
        Boolean reversed = null;
        int at = fixed;
        for (Map.Entry<String, Boolean> field : wanted.entrySet()) {
            IndexKey key = at < index.order().size() ? index.order().get(at) : null;
            if (key == null || !key.getKey().equals(field.getKey())) {
                return Optional.empty();
            }
            boolean opposite = key.isAscending() != field.getValue();
            if (reversed != null && reversed != opposite) {
                return Optional.empty();
            }
            reversed = opposite;
            at++;
        }
        return Optional.of(reversed != null && reversed);
    }

    private int worth() {
        return 4 * prefix.size() + (ranged ? 2 : 0) + (sorted.isPresent() ? 1 : 0);
    }

    Iterable<Object> positions() {
        Iterable<Object> found = index.positions(from, to, sorted.orElse(false));
        return index.severalPerDocument() ? distinct(found) : found;
    }

    private static Iterable<Object> distinct(Iterable<Object> positions) {
        Set<Object> once = new java.util.LinkedHashSet<>();
        positions.forEach(once::add);
        return once;
    }
}
