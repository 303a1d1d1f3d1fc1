"""Routes of the reporting service."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.reporting.live import Feed, Live
from services.reporting.store import ReadModel
from services.reporting.views import NetworkFigures, Overview, network_figures, overview
from shared.auth import Principal, Role
from shared.errors import Forbidden, NotFound
from shared.ids import ID_PATTERN
from shared.web import Caller

PREFIX = "/api/reporting/v1"

NetworkPath = Annotated[str, Path(pattern=ID_PATTERN, max_length=36, description="Id of the network")]


def router(store: ReadModel, live: Live) -> APIRouter:
    """Return the routes over this read model."""
    routes = APIRouter(prefix=PREFIX, tags=["figures"])

    @routes.get("/figures", summary="All networks and their total", operation_id="get_overview")
    async def get_overview(caller: Caller) -> Overview:
        """For platform administrators, funders and evaluators; the latter two see their networks."""
        return overview(await store.all_figures(networks_shown(caller)))

    @routes.get(
        "/networks/{network_id}/figures", summary="A network's figures", operation_id="get_network_figures"
    )
    async def get_network_figures(network_id: NetworkPath, caller: Caller) -> NetworkFigures:
        """For the network's managers, funders, evaluators and platform administrators; 404 for everybody else."""
        require_reader(caller, network_id)
        stored = await store.figures(network_id)
        if stored is None:
            raise NotFound(kind="network")
        return network_figures(stored, for_manager=caller.manages(network_id))

    async def feed(network_id: NetworkPath, caller: Caller) -> AsyncIterator[Feed]:
        # A dependency, not a block in the stream: it is left even when the listener is cut off mid-send.
        require_reader(caller, network_id)
        async with live.listen(network_id) as joined:
            yield joined

    @routes.get(
        "/networks/{network_id}/figures/stream",
        summary="A network's figures, live",
        operation_id="stream_network_figures",
        response_class=EventSourceResponse,
    )
    async def stream_network_figures(
        network_id: NetworkPath,
        caller: Caller,
        feed: Annotated[Feed, Depends(feed)],
        last_event_id: Annotated[
            str | None, Header(max_length=64, description="The id of the last event that arrived")
        ] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        """Server-sent events named `figures`: the present figures at once, then each change.

        A comment every 15 s keeps the connection; it ends after 15 minutes, as an access token does.
        """
        for_manager = caller.manages(network_id)
        async for stored in feed.changes(after=last_event_id):
            yield ServerSentEvent(
                event="figures",
                id=stored.version,
                data=network_figures(stored, for_manager=for_manager),
            )

    return routes


def require_reader(caller: Principal, network_id: str) -> None:
    """Let the network's managers, its funders and administrators pass. Errors: `NotFound` 404."""
    shown = [] if not (caller.is_admin or funds(caller)) else networks_shown(caller)
    if not (caller.manages(network_id) or shown is None or network_id in shown):
        raise NotFound(kind="network")


def networks_shown(caller: Principal) -> list[str] | None:
    """Return the networks of the caller's overview, None for all. Errors: `Forbidden` 403."""
    funded = funds(caller)
    if caller.is_admin or None in funded:
        return None
    if not funded:
        raise Forbidden
    return [network for network in funded if network is not None]


def funds(caller: Principal) -> list[str | None]:
    """Return the networks that the caller funds or evaluates; None stands for every network."""
    return [grant.network_id for grant in caller.grants if grant.role in {Role.FUNDER, Role.EVALUATOR}]
