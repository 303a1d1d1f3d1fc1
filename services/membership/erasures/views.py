"""Erasures as they are shown: never with the person."""

from datetime import UTC, datetime

from services.membership.erasures.domain import Erasure, ErasureReason, ErasureState
from shared.clock import Clock, epoch_ms
from shared.mongo import Collection, Filter
from shared.web import Page, Paging, View, page_of


class ConfirmationView(View):
    service: str
    at: datetime


class ErasureView(View):
    """An erasure; `proven` is true when every service has confirmed, `waiting_for` names those that have not."""

    id: str
    status: ErasureState
    asked_by: str
    reason: ErasureReason
    requested_at: datetime
    due_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    confirmations: list[ConfirmationView]
    waiting_for: list[str]
    proven: bool
    stuck: bool
    overdue: bool


def view_of(erasure: Erasure, at_ms: int) -> ErasureView:
    return ErasureView(
        id=erasure.id,
        status=erasure.status,
        asked_by=erasure.asked_by,
        reason=erasure.reason,
        requested_at=_moment(erasure.requested_ms),
        due_at=_moment(erasure.due_ms),
        started_at=None if erasure.started_ms is None else _moment(erasure.started_ms),
        completed_at=None if erasure.completed_ms is None else _moment(erasure.completed_ms),
        confirmations=[
            ConfirmationView(service=one.service, at=_moment(one.at_ms)) for one in erasure.confirmations
        ],
        waiting_for=list(erasure.waiting_for),
        proven=erasure.status is ErasureState.COMPLETED,
        stuck=erasure.is_stuck(at_ms),
        overdue=erasure.is_overdue(at_ms),
    )


async def erasures_where(
    erasures: Collection, where: Filter, paging: Paging, clock: Clock
) -> Page[ErasureView]:
    now = epoch_ms(clock())
    return await page_of(
        erasures, where, paging, lambda document: view_of(Erasure.model_validate(document["state"]), now)
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
