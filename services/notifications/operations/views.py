"""What a person in charge sees of the post office: how much waits, what failed and why, where nothing is sent."""

from datetime import UTC, datetime

from services.notifications.domain import OPEN, State
from services.notifications.suppression import Suppressions
from shared.clock import Clock, epoch_ms, utc_now
from shared.mongo import Collection, Document
from shared.web import Page, Paging, View, page_of


class FailureView(View):
    """Why something waits or was given up: a reply code of the SMTP server or a word of ours, and how often."""

    error: str
    waiting: int
    parked: int


class MailHealth(View):
    """The state of the post office.

    `waiting`: not sent yet and due; `scheduled`: due later; `oldest_waiting_s`: age of the oldest due one in seconds;
    `smtp_ok`: no mail waits because of the SMTP server.
    """

    smtp_ok: bool
    waiting: int
    scheduled: int
    parked: int
    bounced: int
    oldest_waiting_s: float
    webhook_messages_waiting: int
    failures: list[FailureView]


class SuppressionView(View):
    """An address to which nothing is sent, by its hash; `code` is the server's answer."""

    id: str
    person_id: str | None
    code: str
    since: datetime


async def mail_health(
    notifications: Collection, messages: Collection, *, clock: Clock = utc_now
) -> MailHealth:
    """Return how it stands now."""
    now = epoch_ms(clock())
    states = sorted(OPEN)
    counted = {
        state: await notifications.count({"state": state.value}) for state in (State.PARKED, State.BOUNCED)
    }
    oldest = await notifications.find_one(
        {"state": {"$in": states}, "due": {"$lte": now}}, {"created": 1}, sort=[("due", 1)]
    )
    failures = await _failures(notifications)
    return MailHealth(
        smtp_ok=not any(one.waiting and one.error in {"smtp-unreachable", "421"} for one in failures),
        waiting=await notifications.count({"state": {"$in": states}, "due": {"$lte": now}}),
        scheduled=await notifications.count({"state": {"$in": states}, "due": {"$gt": now}}),
        parked=counted[State.PARKED],
        bounced=counted[State.BOUNCED],
        oldest_waiting_s=0.0 if oldest is None else (now - oldest["created"]) / 1000,
        webhook_messages_waiting=await messages.count({"state": "pending"}),
        failures=failures,
    )


async def _failures(notifications: Collection) -> list[FailureView]:
    found = await notifications.aggregate(
        [
            {"$match": {"state": {"$in": [State.FAILED.value, State.PARKED.value]}}},
            {"$group": {"_id": {"error": "$error", "state": "$state"}, "n": {"$sum": 1}}},
        ]
    )
    by: dict[str, dict[str, int]] = {}
    for one in found:
        by.setdefault(one["_id"]["error"] or "unknown", {})[one["_id"]["state"]] = one["n"]
    return [
        FailureView(
            error=error, waiting=counts.get(State.FAILED.value, 0), parked=counts.get(State.PARKED.value, 0)
        )
        for error, counts in sorted(by.items())
    ]


async def list_suppressions(suppressions: Suppressions, paging: Paging) -> Page[SuppressionView]:
    """Return the suppression list, newest first."""
    return await page_of(suppressions.collection, {}, paging, _suppression)


def _suppression(document: Document) -> SuppressionView:
    return SuppressionView(
        id=document["_id"],
        person_id=document["person_id"],
        code=document["code"],
        since=datetime.fromtimestamp(document["since"] / 1000, UTC),
    )
