"""Routes of survey waves."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from services.courses.memberships.access import companies_of, require_actor, require_manager, require_sight
from services.courses.memberships.store import Memberships
from services.courses.waves import handlers, views
from services.courses.waves.domain import Wave
from services.courses.waves.views import WaveView, wave_view
from shared.auth import Principal
from shared.clock import Clock, epoch_ms
from shared.events.waves import WaveAnswer
from shared.ids import NetworkId, OrganisationId, Ref, WaveId
from shared.store import Aggregates
from shared.web import Body, Caller, Commanded, Page, Paged

BASE = "/api/courses/v1/waves"


class OpenWave(Body):
    """Until when companies are asked, and how many days before that they are reminded."""

    network_id: Ref[NetworkId]
    due_at: AwareDatetime
    remind_days_before: Annotated[
        list[Annotated[int, Field(strict=True, ge=1, le=90)]],
        Field(max_length=5, default_factory=lambda: [14, 3]),
    ]


class AnswerWave(Body):
    """A company that has no need this time says so; a need posted with the wave's id is an answer by itself."""

    organisation_id: Ref[OrganisationId]


class ExtendWave(Body):
    """The later due time."""

    due_at: AwareDatetime


def router(waves: Aggregates[Wave], memberships: Memberships, clock: Clock) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=BASE, tags=["waves"])

    def view(wave: Wave, principal: Principal) -> WaveView:
        return wave_view(wave, companies_of(principal), manager=principal.manages(wave.network_id))

    @routes.post("", status_code=201, summary="Ask all companies for their needs", operation_id="open_wave")
    async def open_wave(body: OpenWave, command: Commanded) -> WaveView:
        await require_manager(command.principal, body.network_id, memberships, "network")
        wave = Wave(
            id=WaveId(command.id_for("wave")),
            network_id=body.network_id,
            due_at=body.due_at,
            asked=(),
            remind_days_before=tuple(sorted(set(body.remind_days_before))),
            request=command.cause.fingerprint,
            created_ms=epoch_ms(clock()),
        )
        opened = await handlers.open_wave(
            wave, command.cause, waves=waves, memberships=memberships, clock=clock
        )
        return view(opened, command.principal)

    @routes.get("", summary="Surveys of a network", operation_id="list_waves")
    async def list_waves(network_id: Ref[NetworkId], principal: Caller, paging: Paged) -> Page[WaveView]:
        await require_sight(principal, network_id, memberships, "network")
        return await views.list_waves(
            waves.collection,
            network_id,
            paging,
            companies_of(principal),
            manager=principal.manages(network_id),
        )

    @routes.get("/{wave_id}", summary="One survey", operation_id="get_wave")
    async def get_wave(wave_id: Ref[WaveId], principal: Caller) -> WaveView:
        wave = await waves.get(wave_id)
        await require_sight(principal, wave.network_id, memberships, "survey")
        return view(wave, principal)

    @routes.post(
        "/{wave_id}/answers", summary="Say that there is no need this time", operation_id="answer_wave"
    )
    async def answer_wave(wave_id: Ref[WaveId], body: AnswerWave, command: Commanded) -> WaveView:
        wave = await waves.get(wave_id)
        await require_actor(command.principal, wave.network_id, body.organisation_id, memberships, "survey")
        said = await handlers.answer(
            wave_id, body.organisation_id, WaveAnswer.NO_NEED, command.cause, waves=waves, clock=clock
        )
        return view(said, command.principal)

    @routes.post("/{wave_id}/extend", summary="Move the due time to a later one", operation_id="extend_wave")
    async def extend_wave(wave_id: Ref[WaveId], body: ExtendWave, command: Commanded) -> WaveView:
        wave = await waves.get(wave_id)
        await require_manager(command.principal, wave.network_id, memberships, "survey")
        moved = await handlers.extend(wave_id, body.due_at, command.cause, waves=waves, clock=clock)
        return view(moved, command.principal)

    return routes
