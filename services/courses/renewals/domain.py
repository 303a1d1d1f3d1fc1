"""Proofs that end: by company, topic and month, so that they become one need in time. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import Field

from services.courses.needs.windows import months_later
from services.courses.renewals.reference import Validity
from services.courses.rules import require_topic
from shared.decisions import Change
from shared.errors import Rejected
from shared.events.envelope import Value
from shared.events.renewals import RenewalDue, RenewalPlanned
from shared.ids import NetworkId, OrganisationId, derived_id
from shared.zones import local_day


class RenewalState(StrEnum):
    PLANNED = "planned"
    ASKED = "asked"


class NoEnd(Rejected):
    status = 422
    en = "The proof of this topic has no end (services/courses/renewals/data)."
    de = "Der Nachweis zu diesem Thema läuft nicht ab (services/courses/renewals/data)."


class Proofs(Value):
    """Proofs that were issued together: how many people, until when they hold."""

    headcount: int
    expires_on: date


class Renewal(Value):
    """The proofs of one company and topic that end in one month; `batches` by the id of what issued them."""

    id: str
    network_id: NetworkId
    organisation_id: OrganisationId
    topic_code: str
    ask_days_before: int
    batches: dict[str, Proofs] = Field(default_factory=dict)
    state: RenewalState = RenewalState.PLANNED

    @property
    def headcount(self) -> int:
        """How many people need a new proof."""
        return sum(each.headcount for each in self.batches.values())

    @property
    def expires_on(self) -> date:
        """The last day of the proof that ends first."""
        return min(each.expires_on for each in self.batches.values())

    @property
    def ask_on(self) -> date:
        """The day on which the need is posted."""
        return self.expires_on - timedelta(days=self.ask_days_before)


def expiry(issued_on: date, validity: Validity | None) -> date:
    """Return the last day of a proof. Errors: `NoEnd` 422 for a topic without a rule."""
    if validity is None:
        raise NoEnd(pointer="#/topic_code")
    return months_later(issued_on, validity.months)


def renewal_id(network_id: str, organisation_id: str, topic_code: str, expires_on: date) -> str:
    """Return the id of the renewal that a proof belongs to."""
    return derived_id("renewal", network_id, organisation_id, topic_code, f"{expires_on:%Y-%m}")


def plan(existing: Renewal | None, fresh: Renewal, batch_id: str, proofs: Proofs) -> Change[Renewal]:
    """Count proofs in; the same batch again changes nothing. Errors: `Invalid` 422.

    Proofs that come in after the need was posted start a round of their own: the state is planned again.
    """
    require_topic(fresh.topic_code)
    renewal = existing or fresh
    if batch_id in renewal.batches:
        return Change(renewal)
    kept = {} if renewal.state is RenewalState.ASKED else renewal.batches
    after = renewal.model_copy(update={"batches": {**kept, batch_id: proofs}, "state": RenewalState.PLANNED})
    return Change(after, (RenewalPlanned(renewal_id=after.id, **_told(after)),))


def due(renewal: Renewal, at: datetime) -> Change[Renewal]:
    """Ask for a course when its day has come; changes nothing before that or when it was asked."""
    if renewal.state is not RenewalState.PLANNED or local_day(at) < renewal.ask_on:
        return Change(renewal)
    after = renewal.model_copy(update={"state": RenewalState.ASKED})
    return Change(after, (RenewalDue(renewal_id=renewal.id, **_told(renewal)),))


def _told(renewal: Renewal) -> dict[str, Any]:
    fields = {"network_id", "organisation_id", "topic_code"}
    return {
        **renewal.model_dump(include=fields),
        "headcount": renewal.headcount,
        "expires_on": renewal.expires_on,
    }
