"""CloudEvents 1.0.2 over Kafka, binary content mode: attributes are `ce_*` headers, the value is JSON.

Source: CloudEvents Kafka protocol binding 1.0.2, sections 3.1 and 3.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

MAX_EVENT_BYTES = 64 * 1024

type Headers = list[tuple[str, bytes]]


class Value(BaseModel):
    """A part of an event. Frozen; unknown fields of newer producers are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Value):
    """A fact, named in the past tense.

    Holds ids, codes, counts, dates and money only: no personal data, no company name, no free text.
    """

    type: str

    @classmethod
    def type_name(cls) -> str:
        """Return the CloudEvents type, e.g. `verbund.courses.need-posted.v1`."""
        name: str = cls.model_fields["type"].default
        return name


class Unreadable(Exception):  # noqa: N818  it names what the record is
    """A record that is no CloudEvent of ours; `str()` says why, without quoting the record."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event with its context. `sequence` counts the events of one aggregate from 1 without gaps."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    data: bytes
    traceparent: str | None = None
    causationid: str | None = None

    def to_headers(self) -> Headers:
        """Return the Kafka headers of the binary content mode."""
        headers = [
            ("content-type", b"application/json"),
            ("ce_specversion", b"1.0"),
            ("ce_id", self.id.encode()),
            ("ce_source", self.source.encode()),
            ("ce_type", self.type.encode()),
            ("ce_subject", self.subject.encode()),
            ("ce_time", self.time.isoformat().replace("+00:00", "Z").encode()),
            ("ce_dataschema", f"urn:{self.type.replace('.', ':')}".encode()),
            ("ce_partitionkey", self.subject.encode()),
            ("ce_sequence", str(self.sequence).encode()),
        ]
        if self.traceparent:
            # Both: the first for CloudEvents readers, the second for tracing libraries.
            traceparent = self.traceparent.encode()
            headers += [("ce_traceparent", traceparent), ("traceparent", traceparent)]
        if self.causationid:
            headers.append(("ce_causationid", self.causationid.encode()))
        return headers

    @classmethod
    def from_record(cls, headers: Iterable[tuple[str, bytes]], value: bytes | None) -> "Envelope":
        """Read a Kafka record. Errors: `Unreadable` for anything that is not one of our CloudEvents."""
        if value is None:
            msg = "no value"
            raise Unreadable(msg)
        try:
            known = {name: raw.decode() for name, raw in headers if name.startswith("ce_")}
            return cls(
                id=known["ce_id"],
                source=known["ce_source"],
                type=known["ce_type"],
                subject=known["ce_subject"],
                time=datetime.fromisoformat(known["ce_time"]),
                sequence=int(known["ce_sequence"]),
                data=value,
                traceparent=known.get("ce_traceparent"),
                causationid=known.get("ce_causationid"),
            )
        except KeyError as error:
            msg = f"header {error.args[0]} is missing"
            raise Unreadable(msg) from error
        except (ValueError, AttributeError) as error:
            msg = "a header is malformed"
            raise Unreadable(msg) from error
