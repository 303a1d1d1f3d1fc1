"""Every route × every role × own, competitor's and foreign things, against the running services and the real store."""

from collections.abc import Iterator

import pytest

from services.courses.catalogue.store import course_store
from services.courses.main import CoursesSettings
from services.courses.memberships.store import MEMBERSHIPS, NETWORKS, Memberships
from services.courses.pools.store import pool_store
from services.courses.sessions import api as sessions_api
from services.courses.sessions.store import Sessions, session_store
from shared.auth import Role
from shared.permissions import table_of
from shared.process import Service
from tests.integration.permissions import walk
from tests.integration.permissions.walk import Snapshot
from tests.integration.permissions.world import World
from tests.support import Infra

pytestmark = [pytest.mark.connected, pytest.mark.timeout(240)]


@pytest.fixture
def snapshot(infra: Infra, database: str, world: World) -> Iterator[Snapshot]:
    taken = Snapshot(infra.mongodb_url, database, world.services)
    yield taken
    taken.close()


async def test_nothing_outside_the_table_answers_with_data_or_changes_anything(
    world: World, snapshot: Snapshot
) -> None:
    chosen = walk.every_operation(world.services)
    assert await walk.walk_unsigned(world, chosen) == []
    assert "\n".join(await walk.walk_denied(world, chosen)) == ""
    assert snapshot.changed() == []


async def test_everything_in_the_table_is_let_through(world: World, snapshot: Snapshot) -> None:
    chosen = walk.every_operation(world.services)
    assert "\n".join(await walk.walk_allowed(world, chosen, snapshot.restore)) == ""


async def test_every_role_and_every_cell_is_walked(world: World) -> None:
    walked = {(one[0].id, one[2]) for one in walk.cells(world, walk.every_operation(world.services))}
    lines = {name for service in world.services for name in table_of(service).lines}
    assert {(line, role.value) for line in lines for role in Role} <= walked


class NoTenancy(Memberships):
    """The damage: every organisation counts as a member of every network."""

    async def any_active(self, network_id: str, organisation_ids: object) -> bool:
        """Ask nothing."""
        return True


async def test_foreign_sessions_are_shown_when_the_tenancy_check_is_taken_out(
    infra: Infra, database: str, world: World
) -> None:
    settings = world.services["courses"].settings
    assert isinstance(settings, CoursesSettings)
    broken = Service(settings, topic="verbund.courses.events", title="t", description="d")
    memberships = NoTenancy(broken.collection(MEMBERSHIPS), broken.collection(NETWORKS))
    sessions = Sessions(session_store(broken))
    broken.app.include_router(
        sessions_api.router(sessions, course_store(broken), pool_store(broken), memberships)
    )
    broken.app.state.verifier = world.services["courses"].app.state.verifier
    world.services = {**world.services, "courses": broken}
    chosen = [one for one in walk.every_operation({"courses": broken}) if one.reads]
    wrong = await walk.walk_denied(world, chosen)
    await broken.http.aclose()
    await broken.mongo.close()
    assert "get_session: company_hr, foreign: 200, the table denies it" in wrong
    assert any(one.startswith("list_sessions: works_council is told of foreign") for one in wrong)
