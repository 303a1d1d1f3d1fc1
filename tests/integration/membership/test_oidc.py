"""Signing in through a real OpenID Connect provider process, and without any."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from pydantic import SecretStr

from deploy.local.ports import free_ports
from services.membership.oidc.provider import Provider, ProviderSettings
from tests.integration.membership.world import ADMIN, EMPLOYEE, Api
from tests.support import eventually

pytestmark = [pytest.mark.connected]

USERS = [
    {"sub": "root", "email": ADMIN[0], "email_verified": True},
    {"sub": "ada", "email": EMPLOYEE["email"].upper(), "email_verified": True},
    {"sub": "claims-to-be-ada", "email": EMPLOYEE["email"], "email_verified": False},
    {"sub": "second-ada", "email": EMPLOYEE["email"], "email_verified": True},
    {"sub": "with-mfa", "email": ADMIN[0], "email_verified": True, "amr": ["pwd", "mfa"]},
    {"sub": "stranger", "email": "stranger@elsewhere.example", "email_verified": True},
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Start a provider process of one's own."""
    (port,) = free_ports(1)
    users = [part for user in USERS for part in ("--user-claims", json.dumps(user))]
    program = str(Path(sys.executable).parent / "oidc-provider-mock")
    command = [program, "--port", str(port), "--require-nonce", "true", *users]
    with subprocess.Popen(
        [*command, *users], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
async def oidc(api: Api, issuer: str) -> AsyncIterator[Api]:
    async def answers() -> bool:
        try:
            async with httpx.AsyncClient() as http:
                return (await http.get(f"{issuer}/.well-known/openid-configuration")).status_code == 200
        except httpx.HTTPError:
            return False

    await eventually(answers)
    provider = Provider(
        ProviderSettings(
            issuer=issuer,
            client_id="verbundwerk",
            client_secret=SecretStr("c-secret"),
            redirect_uri="https://verbund.example/sign-in/provider",
        )
    )
    parts = api.service.app.state.parts
    api.service.app.state.parts = replace(parts, oidc=replace(parts.oidc, provider=provider, label="Werk-ID"))
    yield api
    api.service.app.state.parts = parts


async def at_provider(url: str, subject: str) -> dict[str, str]:
    """Do what a person does at the provider; return what it sends back."""
    async with httpx.AsyncClient() as http:
        answer = await http.post(url, data={"sub": subject})
    assert answer.status_code in {302, 303}, answer.text
    found = parse_qs(urlsplit(answer.headers["location"]).query)
    return {"code": found["code"][0], "state": found["state"][0]}


async def sign_in(api: Api, subject: str, **changes: str) -> Any:
    begun = (await api("POST", "/oidc/begin")).json()
    back = await at_provider(begun["authorization_url"], subject)
    return await api("POST", "/oidc/finish", body={**back, "flow": begun["flow"], **changes})


async def test_a_person_is_found_by_the_verified_address_and_then_by_the_subject(
    oidc: Api, world: dict[str, str]
) -> None:
    assert (await oidc("GET", "/sign-in-methods")).json()["provider"] == "Werk-ID"
    person = await oidc.made(f"/organisations/{world['company']}/people", "hr", EMPLOYEE)
    first = await sign_in(oidc, "ada")
    assert first.status_code == 200, first.text
    oidc.tokens["ada"] = first.json()["access_token"]
    assert (await oidc("GET", "/me", "ada")).json()["id"] == person["id"]
    people = oidc.service.app.state.parts.people
    await people.replace(person["id"], email="new@people.example")
    assert (await sign_in(oidc, "ada")).status_code == 200
    await people.replace(person["id"], email=EMPLOYEE["email"])
    # Another account of the same address is another person, who may have got a used address.
    assert (await sign_in(oidc, "second-ada")).status_code == 403
    assert "ada" not in str(await oidc.service.collection("oidc_identities").find({})).lower()


@pytest.mark.parametrize("subject", ["stranger", "claims-to-be-ada"])
async def test_nobody_comes_in_with_an_unknown_or_unverified_address(
    oidc: Api, world: dict[str, str], subject: str
) -> None:
    await oidc.made(f"/organisations/{world['company']}/people", "hr", EMPLOYEE)
    refused = await sign_in(oidc, subject)
    assert (refused.status_code, refused.json()["type"].rsplit(":", 1)[-1]) == (403, "nobody-behind-it")


async def test_a_deactivated_person_stays_out(oidc: Api, world: dict[str, str]) -> None:
    person = await oidc.made(f"/organisations/{world['company']}/people", "hr", EMPLOYEE)
    assert (await sign_in(oidc, "ada")).status_code == 200
    await oidc.done(f"/people/{person['id']}/deactivate", "hr")
    assert (await sign_in(oidc, "ada")).status_code == 403


async def test_the_request_carries_pkce_state_and_nonce(oidc: Api) -> None:
    begun = (await oidc("POST", "/oidc/begin")).json()
    asked = parse_qs(urlsplit(begun["authorization_url"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert len({asked[name][0] for name in ("state", "nonce", "code_challenge")}) == 3
    stored = str(await oidc.service.collection("oidc_flows").find({}))
    assert asked["state"][0] not in stored
    assert begun["flow"] not in stored


async def test_what_comes_back_works_once_and_in_the_browser_that_began(oidc: Api) -> None:
    begun = (await oidc("POST", "/oidc/begin")).json()
    other = (await oidc("POST", "/oidc/begin")).json()
    back = await at_provider(begun["authorization_url"], "root")
    # Somebody who makes another browser finish his own sign-in does not have that browser's flow.
    assert (await oidc("POST", "/oidc/finish", body={**back, "flow": other["flow"]})).status_code == 401
    body = {**back, "flow": begun["flow"]}
    answers = await asyncio.gather(*(oidc("POST", "/oidc/finish", body=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    made_up = await oidc("POST", "/oidc/finish", body={**body, "state": "made up"})
    assert made_up.status_code == 401


async def test_a_code_of_another_sign_in_is_refused(oidc: Api) -> None:
    first = (await oidc("POST", "/oidc/begin")).json()
    second = (await oidc("POST", "/oidc/begin")).json()
    stolen = await at_provider(first["authorization_url"], "root")
    own = await at_provider(second["authorization_url"], "stranger")
    mixed = {"state": own["state"], "code": stolen["code"], "flow": second["flow"]}
    assert (await oidc("POST", "/oidc/finish", body=mixed)).status_code == 401


async def test_the_second_factor_is_asked_for_unless_the_provider_did(oidc: Api) -> None:
    begun = await oidc.done("/me/second-factor", "admin", {"present": ADMIN[1]})
    code = pyotp.TOTP(begun["secret"]).now()
    recovery = (await oidc.done("/me/second-factor/confirm", "admin", {"code": code}))["recovery_codes"]
    started = (await oidc("POST", "/oidc/begin")).json()
    back = {**await at_provider(started["authorization_url"], "root"), "flow": started["flow"]}
    asked = await oidc("POST", "/oidc/finish", body=back)
    assert asked.json()["type"].rsplit(":", 1)[-1] == "second-factor-required"
    wrong = await oidc("POST", "/oidc/finish", body={**back, "second_factor": "000000"})
    assert wrong.status_code == 401
    right = await oidc("POST", "/oidc/finish", body={**back, "second_factor": recovery[0]})
    assert right.status_code == 200
    await oidc.service.collection("oidc_identities").delete_many({})
    assert (await sign_in(oidc, "with-mfa")).status_code == 200


async def test_a_provider_that_is_down_or_another_one_lets_nobody_in(oidc: Api, issuer: str) -> None:
    parts = oidc.service.app.state.parts
    settings = parts.oidc.provider._settings
    (closed,) = free_ports(1)
    for other in (f"http://127.0.0.1:{closed}", f"{issuer}/"):
        provider = Provider(replace(settings, issuer=other))
        oidc.service.app.state.parts = replace(parts, oidc=replace(parts.oidc, provider=provider))
        answer = await oidc("POST", "/oidc/begin")
        assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]) == (503, "provider-down")


async def test_without_a_provider_people_sign_in_as_before(api: Api) -> None:
    assert (await api("GET", "/sign-in-methods")).json() == {"password": True, "link": True, "provider": None}
    assert (await api("POST", "/oidc/begin")).status_code == 404
    body = {"state": "s", "code": "c", "flow": "f"}
    assert (await api("POST", "/oidc/finish", body=body)).status_code == 404
    await api.sign_in("admin", *ADMIN)
