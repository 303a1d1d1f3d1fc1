"""Membership's api on the real store, and a small world of people to call it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from services.membership.main import MembershipSettings, build
from services.membership.secondfactors.store import Seal
from services.membership.signin.keys import Keyring
from tests.integration.membership.world import ADMIN, CLIENTS, Api
from tests.support import Infra


@pytest.fixture
async def api(infra: Infra, database: str) -> AsyncIterator[Api]:
    settings = MembershipSettings(
        service="membership",
        role="api",
        mongodb_url=SecretStr(infra.mongodb_url),
        mongodb_database=database,
        kafka_bootstrap_servers=infra.kafka,
        bootstrap_admin_email=ADMIN[0],
        bootstrap_admin_password=SecretStr(ADMIN[1]),
    )
    key = Ed25519PrivateKey.generate()
    service = build("api", settings, Keyring([key]), CLIENTS, Seal([Fernet.generate_key().decode()]))
    await service._start()
    transport = httpx.ASGITransport(service.app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://membership") as http:
        found = Api(service, key, http)
        await found.sign_in("admin", *ADMIN)
        yield found
    service.stopping.set()
    await service._stop()


@pytest.fixture
async def world(api: Api) -> dict[str, str]:
    """Two networks with a manager each; one company with its personnel department, member of the first."""
    ids: dict[str, str] = {}
    for name in ("one", "two"):
        network = await api.made(
            "/networks",
            "admin",
            {"name": f"Demo-Verbund {name}", "sector_focus": "textile", "ags": ["08415"]},
        )
        ids[name] = network["id"]
        await api.person(f"manager-{name}", "admin", "network_manager", network_id=network["id"])
        await api.done(f"/networks/{network['id']}/activate", f"manager-{name}")
    company = {"name": "Weberei Lindach KG (Demo)", "kind": "company", "ags": "08415"}
    made = await api.made(
        "/organisations", "manager-one", {**company, "industry_scheme": "WZ2008", "industry_code": "13.20"}
    )
    ids["company"] = made["id"]
    applied = await api.made(
        f"/networks/{ids['one']}/memberships", "manager-one", {"organisation_id": made["id"]}
    )
    ids["membership"] = applied["id"]
    admission = {"roles": ["sender", "driver"], "since": "2026-11-01"}
    await api.done(f"/memberships/{applied['id']}/admit", "manager-one", admission)
    await api.person("hr", "manager-one", "company_hr", organisation_id=made["id"])
    stranger = await api.made("/organisations", "admin", {**company, "name": "Fremd AG (Demo)"})
    ids["stranger"] = stranger["id"]
    await api.person("foreign-hr", "admin", "company_hr", organisation_id=stranger["id"])
    return ids
