package verbundwerk.store;

import de.bwaldvogel.mongo.MongoVersion;
import java.util.List;

/** MongoDB 5.0 with wire version 13: PyMongo refuses the 8 that the library reports for its newest version. */
final class WireVersion implements MongoVersion {

    @Override
    public List<Integer> getVersionArray() {
        return List.of(5, 0, 0);
    }

    @Override
    public int getWireVersion() {
        return 13;
    }
}
