"""A named lease: one replica at a time, more or less. For efficiency only, never for correctness."""

from shared.clock import Clock, epoch_ms, utc_now
from shared.mongo import Collection, DuplicateKey

LEASE_MS = 3000


class Lease:
    """Held by whoever renewed it last; two may believe they hold it for as long as their clocks differ."""

    def __init__(self, leases: Collection, name: str, replica: str, *, clock: Clock = utc_now) -> None:
        self._leases = leases
        self._name = name
        self._replica = replica
        self._clock = clock

    async def held(self) -> bool:
        """Take or renew the lease; False while another replica has it."""
        now = epoch_ms(self._clock())
        update = {"$set": {"until": now + LEASE_MS, "owner": self._replica}}
        if await self._leases.update_one({"_id": self._name, "owner": self._replica}, update):
            return True
        try:
            return await self._leases.update_one(
                {"_id": self._name, "until": {"$lt": now}}, update, upsert=True
            )
        except DuplicateKey:
            return False
