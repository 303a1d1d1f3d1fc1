"""The broker's configuration keeps what the design asks for."""

from pathlib import Path

from deploy.local import kafka
from shared.topics import declarations


def _config(folder: Path) -> dict[str, str]:
    lines = kafka.config(folder, 1111, 2222).splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_it_listens_on_this_machine_only_at_the_given_ports(tmp_path: Path) -> None:
    config = _config(tmp_path)
    assert config["listeners"] == "PLAINTEXT://127.0.0.1:1111,CONTROLLER://127.0.0.1:2222"
    assert config["advertised.listeners"] == config["listeners"]
    assert config["controller.quorum.bootstrap.servers"] == "127.0.0.1:2222"
    assert not [value for value in config.values() if "$" in value]


def test_events_are_kept_for_ever_and_no_topic_comes_by_a_typo(tmp_path: Path) -> None:
    config = _config(tmp_path)
    assert (config["log.retention.ms"], config["log.retention.bytes"]) == ("-1", "-1")
    assert config["auto.create.topics.enable"] == "false"


def test_every_service_has_a_public_topic_of_six_partitions_kept_for_ever() -> None:
    declared = declarations().topics
    services = ("membership", "courses", "notifications", "reporting")
    assert {f"verbund.{service}.events" for service in services} <= set(declared)
    assert {(topic.partitions, topic.retention_ms) for topic in declared.values()} == {(6, -1)}


def test_in_production_two_of_three_copies_must_have_a_record() -> None:
    production = declarations().profiles["production"]
    assert (production.replication, production.min_insync_replicas) == (3, 2)
