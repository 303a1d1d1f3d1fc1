"""Identifiers: one type per aggregate, made at the edge and passed in. Pure: no random number is drawn."""

import uuid
from typing import Annotated, NewType

from pydantic import Field

NetworkId = NewType("NetworkId", str)
OrganisationId = NewType("OrganisationId", str)
MembershipId = NewType("MembershipId", str)
PersonId = NewType("PersonId", str)
LetterId = NewType("LetterId", str)
NeedId = NewType("NeedId", str)
WaveId = NewType("WaveId", str)
PoolId = NewType("PoolId", str)
CallId = NewType("CallId", str)
OfferId = NewType("OfferId", str)
CourseId = NewType("CourseId", str)
SessionId = NewType("SessionId", str)
BookingId = NewType("BookingId", str)
SeatOfferId = NewType("SeatOfferId", str)
WebhookId = NewType("WebhookId", str)
ErasureId = NewType("ErasureId", str)

ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

# An id as it comes from outside: lower-case UUID text, anything else is answered with 422.
type Ref[T] = Annotated[T, Field(pattern=ID_PATTERN, max_length=36)]

_NAMESPACE = uuid.UUID("5d3b6c0e-2f5a-5c1d-9a44-7d1d0c5f6e21")


def derived_id(*parts: str) -> str:
    """Return the UUIDv5 text that belongs to `parts`; the same parts give the same id for ever.

    The parts are length-prefixed, so ("a", "bc") and ("ab", "c") differ.
    """
    return str(uuid.uuid5(_NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)))
