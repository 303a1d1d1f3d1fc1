"""Create the topics of deploy/kafka/topics.yaml: `python -m shared.topics [--profile local|production]`."""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Literal

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code
from pydantic import BaseModel, ConfigDict

from shared.deadletters import dead_letter_topic, retry_topic

DECLARATIONS = Path(__file__).parent.parent / "deploy" / "kafka" / "topics.yaml"
_TOPIC_ALREADY_EXISTS = 36
_TRIES = 30


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Profile(_Strict):
    """How safely a topic is kept: copies, and how many of them must have a record before it counts."""

    replication: int
    min_insync_replicas: int


class Topic(_Strict):
    """`retention_ms` -1 keeps for ever."""

    partitions: int
    retention_ms: int


class Declarations(_Strict):
    """The content of topics.yaml."""

    profiles: dict[Literal["local", "production"], Profile]
    topics: dict[str, Topic]
    dead_letters: Topic
    groups: dict[str, list[str]]

    def all_topics(self) -> dict[str, Topic]:
        """Return the declared topics, and the dead-letter and retry topics that follow from the groups."""
        parked = {
            name(topic, group): self.dead_letters
            for group, topics in self.groups.items()
            for topic in topics
            for name in (dead_letter_topic, retry_topic)
        }
        return {**self.topics, **parked}


def declarations(path: Path = DECLARATIONS) -> Declarations:
    """Read the declarations. Errors: `ValidationError` for an unknown or missing key."""
    return Declarations.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


async def create(bootstrap_servers: str, profile: Literal["local", "production"] = "local") -> list[str]:
    """Create what is missing and return the names of all topics. Errors: `KafkaError`."""
    declared = declarations()
    safety = declared.profiles[profile]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        wanted = [
            NewTopic(
                name=name,
                num_partitions=topic.partitions,
                replication_factor=safety.replication,
                topic_configs={
                    "retention.ms": str(topic.retention_ms),
                    "min.insync.replicas": str(safety.min_insync_replicas),
                },
            )
            for name, topic in declared.all_topics().items()
        ]
        answer = await admin.create_topics(wanted)
        for name, code, *_ in answer.topic_errors:
            if code not in {0, _TOPIC_ALREADY_EXISTS}:
                error: KafkaError = for_code(code)(name)
                raise error
        return sorted(declared.all_topics())
    finally:
        await admin.close()


async def _main(bootstrap_servers: str, profile: Literal["local", "production"]) -> int:
    problem = ""
    for _ in range(_TRIES):
        try:
            names = await create(bootstrap_servers, profile)
        except (KafkaError, OSError) as error:
            problem = type(error).__name__
            await asyncio.sleep(1)
        else:
            sys.stdout.write("".join(f"{name}\n" for name in names))
            return 0
    sys.stderr.write(f"Kafka at {bootstrap_servers} did not take the topics ({problem}).\n")
    return 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Create the Kafka topics.")
    parser.add_argument("--profile", choices=["local", "production"], default="local")
    options = parser.parse_args()
    servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
    sys.exit(asyncio.run(_main(servers, options.profile)))
