"""The second factor on the real store: set up, asked for, replayed, lost, required."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from services.membership.secondfactors.store import SecondFactors
from services.membership.signin.limits import FREE_GUESSES
from shared.clock import utc_now
from shared.roles import Role
from tests.integration.membership.world import ADMIN, PASSWORD, Api

pytestmark = [pytest.mark.connected]

ME = "/me/second-factor"
CREDENTIALS = {"email": ADMIN[0], "password": ADMIN[1]}


class Later:
    """A clock that can be put forward, so that a test need not wait for the next code."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> Any:
        return utc_now() + self.ahead


@pytest.fixture
def clock(api: Api) -> Later:
    later = Later()
    parts = api.service.app.state.parts
    door = replace(parts.door, clock=later)
    api.service.app.state.parts = replace(parts, clock=later, door=door)
    return later


def code(secret: str, clock: Later) -> str:
    """Return the next code and let its time come, so that it was not used before."""
    clock.ahead += timedelta(seconds=30)
    return pyotp.TOTP(secret).at(clock())


async def enrol(api: Api, clock: Later, who: str = "admin", present: str = ADMIN[1]) -> tuple[str, list[str]]:
    begun = await api.done(ME, who, {"present": present})
    confirmed = await api.done(f"{ME}/confirm", who, {"code": code(begun["secret"], clock)})
    api.tokens[who] = confirmed["access_token"]
    return begun["secret"], confirmed["recovery_codes"]


async def sign_in(api: Api, **more: str) -> Any:
    return await api("POST", "/tokens", body={**CREDENTIALS, **more})


async def test_setting_up_asks_for_the_password_and_shows_the_secret_once(api: Api, clock: Later) -> None:
    assert (await api("POST", ME, "admin", {"present": "wrong"})).status_code == 403
    assert (await api("POST", f"{ME}/confirm", "admin", {"code": "123456"})).status_code == 409
    begun = await api.done(ME, "admin", {"present": ADMIN[1]})
    assert begun["uri"].startswith("otpauth://totp/Verbundwerk:")
    assert begun["qr_svg"].startswith("<svg")
    pending = (await api("GET", ME, "admin")).json()
    assert pending == {"state": "pending", "required": False, "recovery_codes_left": 0}
    assert (await sign_in(api)).status_code == 200  # nothing changes until a code confirms it
    assert (await api("POST", f"{ME}/confirm", "admin", {"code": "000000"})).status_code == 403
    before = (await sign_in(api)).json()["refresh_token"]
    confirmed = await api.done(f"{ME}/confirm", "admin", {"code": code(begun["secret"], clock)})
    assert len(set(confirmed["recovery_codes"])) == 10
    ended = await api("POST", "/tokens/refresh", body={"refresh_token": before})
    assert ended.status_code == 401
    goes_on = await api("POST", "/tokens/refresh", body={"refresh_token": confirmed["refresh_token"]})
    assert goes_on.status_code == 200
    assert (await api("POST", ME, "admin", {"present": ADMIN[1]})).status_code == 409
    stored = str(await api.service.collection("second_factors").find({}))
    assert begun["secret"] not in stored
    assert not [one for one in confirmed["recovery_codes"] if one in stored or one.replace("-", "") in stored]


async def test_signing_in_asks_for_a_code_and_takes_each_once(api: Api, clock: Later) -> None:
    secret, _ = await enrol(api, clock)
    asked = await sign_in(api)
    assert (asked.status_code, asked.json()["type"].rsplit(":", 1)[-1]) == (401, "second-factor-required")
    fresh = code(secret, clock)
    assert (await sign_in(api, password="wrong", code=fresh)).status_code == 401
    answers = await asyncio.gather(*(sign_in(api, code=fresh) for _ in range(4)))
    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert (await sign_in(api, code=fresh)).status_code in {401, 429}


class Replayable(SecondFactors):
    """The damage: a code counts however often it was used."""

    async def use_step(self, person_id: str, step: int) -> bool:
        """Remember nothing."""
        return True


async def test_one_code_lets_in_twice_when_steps_are_not_used_up(api: Api, clock: Later) -> None:
    secret, _ = await enrol(api, clock)
    parts = api.service.app.state.parts
    naive = Replayable(parts.factors._collection, parts.factors._seal)
    api.service.app.state.parts = replace(parts, door=replace(parts.door, factors=naive))
    overheard = code(secret, clock)
    assert [(await sign_in(api, code=overheard)).status_code for _ in range(2)] == [200, 200]


async def test_guesses_at_the_code_are_slowed_and_the_password_does_not_forgive_them(
    api: Api, clock: Later
) -> None:
    secret, _ = await enrol(api, clock)
    for _ in range(FREE_GUESSES):
        assert (await sign_in(api, code="000000")).status_code == 401
        assert (await sign_in(api)).status_code == 401
    locked = await sign_in(api, code=code(secret, clock))
    assert locked.status_code == 429
    assert 0 < int(locked.headers["retry-after"]) <= 30


async def test_a_recovery_code_lets_in_once(api: Api, clock: Later) -> None:
    secret, recovery = await enrol(api, clock)
    assert (await sign_in(api, code=recovery[0].lower().replace("-", " "))).status_code == 200
    assert (await sign_in(api, code=recovery[0])).status_code == 401
    assert (await api("GET", ME, "admin")).json()["recovery_codes_left"] == 9
    renewed = await api.done(f"{ME}/recovery-codes", "admin", {"code": code(secret, clock)})
    assert (await sign_in(api, code=recovery[1])).status_code == 401
    assert (await sign_in(api, code=renewed["recovery_codes"][0])).status_code == 200


async def test_switching_off_needs_a_fresh_code(api: Api, clock: Later) -> None:
    secret, _ = await enrol(api, clock)
    used = code(secret, clock)
    assert (await sign_in(api, code=used)).status_code == 200
    for wrong in ("000000", used):
        assert (await api("POST", f"{ME}/disable", "admin", {"code": wrong})).status_code == 403
    off = await api.done(f"{ME}/disable", "admin", {"code": code(secret, clock)})
    assert off["state"] == "off"
    assert (await sign_in(api)).status_code == 200
    assert (await api("POST", f"{ME}/disable", "admin", {"code": used})).status_code == 409


async def test_an_administrator_takes_a_lost_second_factor_away(
    api: Api, world: dict[str, str], clock: Later
) -> None:
    made = await api.person("loser", "admin", "company_hr", organisation_id=world["company"])
    await enrol(api, clock, "loser", PASSWORD)
    body = {"email": made["email"], "password": PASSWORD}
    assert (await api("POST", "/tokens", body=body)).status_code == 401
    assert (await api("POST", f"/people/{made['id']}/second-factor/reset", "hr")).status_code == 403
    await api.done(f"/people/{made['id']}/second-factor/reset", "admin")
    assert (await api("POST", "/tokens", body=body)).status_code == 200


async def test_a_required_second_factor_withholds_the_roles_until_it_is_there(api: Api, clock: Later) -> None:
    parts = api.service.app.state.parts
    door = replace(parts.door, required_for=frozenset({Role.PLATFORM_ADMIN}))
    api.service.app.state.parts = replace(parts, door=door)
    without = (await sign_in(api)).json()
    assert without["second_factor_missing"] is True
    api.tokens["admin"] = without["access_token"]
    assert (await api("GET", "/organisations", "admin")).status_code == 403
    renewed = (await api("POST", "/tokens/refresh", body={"refresh_token": without["refresh_token"]})).json()
    assert renewed["second_factor_missing"] is True
    assert (await api("GET", ME, "admin")).json()["required"] is True
    secret, _ = await enrol(api, clock)
    assert (await api("GET", "/organisations", "admin")).status_code == 200
    full = (await sign_in(api, code=code(secret, clock))).json()
    assert full["second_factor_missing"] is False
    again = await api("POST", "/tokens/refresh", body={"refresh_token": full["refresh_token"]})
    assert again.json()["second_factor_missing"] is False
