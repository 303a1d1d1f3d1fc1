"""Serve mongoeco, an independent store with MongoDB's wire protocol, until the process is ended; print its address.

A process of its own: its threads and database handles must not outlive a test in the test's process.
"""

import asyncio
import sys

from mongoeco.engines.sqlite import SQLiteEngine
from mongoeco.wire.proxy import AsyncMongoEcoProxyServer


async def serve(file: str) -> None:
    """Serve the database in `file` on a free port."""
    server = AsyncMongoEcoProxyServer(engine=SQLiteEngine(file))
    await server.start()
    address = server.address
    print(f"mongodb://{address.host}:{address.port}/?directConnection=true", flush=True)  # noqa: T201  the parent reads it
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
