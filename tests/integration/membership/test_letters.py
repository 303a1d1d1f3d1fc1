"""Invitations, sign-in links and forgotten passwords on the real store."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from services.membership.erasures.handlers import forget
from services.membership.erasures.worker import vault_of
from services.membership.letters.handlers import PER_ADDRESS
from services.membership.letters.store import Links
from shared.clock import utc_now
from shared.mongo import Document
from tests.integration.membership.world import ADMIN, EMPLOYEE, PASSWORD, Api, service_token

pytestmark = [pytest.mark.connected]


async def letters(api: Api) -> list[Document]:
    """Return what was asked for, the newest last."""
    found = await api.service.collection("letters").find({}, sort=[("_id", 1)])
    return sorted(found, key=lambda one: int(one["state"]["created_ms"]))


async def opened(api: Api, letter_id: str) -> Any:
    if "notifications" not in api.tokens:
        api.tokens["notifications"] = (await service_token(api, "notifications")).json()["access_token"]
    return await api("POST", f"/letters/{letter_id}/open", "notifications")


async def asked(api: Api, path: str, email: str) -> str:
    """Ask for a letter and return the token of its link, as it stands in the mail."""
    answer = await api("POST", path, body={"email": email})
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    letter = (await opened(api, (await letters(api))[-1]["_id"])).json()
    return str(letter["link"].partition("#token=")[2])


async def employee(api: Api, world: dict[str, str]) -> dict[str, Any]:
    return await api.made(f"/organisations/{world['company']}/people", "hr", EMPLOYEE)


async def test_a_participant_signs_in_with_a_link_once(api: Api, world: dict[str, str]) -> None:
    person = await employee(api, world)
    token = await asked(api, "/sign-in-links", EMPLOYEE["email"].upper())
    answers = await asyncio.gather(
        *(api("POST", "/sign-in-links/exchange", body={"token": token}) for _ in range(5))
    )
    let_in = [answer for answer in answers if answer.status_code == 200]
    assert len(let_in) == 1
    api.tokens["ada"] = let_in[0].json()["access_token"]
    me = (await api("GET", "/me", "ada")).json()
    assert (me["id"], me["grants"][0]["role"]) == (person["id"], "participant")
    again = await api("POST", "/sign-in-links/exchange", body={"token": token})
    assert (again.status_code, again.json()["type"].rsplit(":", 1)[-1]) == (401, "link-void")
    renewed = await api("POST", "/tokens/refresh", body={"refresh_token": let_in[0].json()["refresh_token"]})
    assert renewed.status_code == 200
    families = await api.service.collection("refresh_families").find({"person_id": person["id"]})
    assert sum(not one["revoked"] for one in families) == 1


class Reusable(Links):
    """The damage: a link is looked at and not used up."""

    async def use(self, secret: str, kind: Any) -> None:
        """Change nothing."""


async def test_a_link_lets_in_again_when_it_is_not_used_up(api: Api, world: dict[str, str]) -> None:
    await employee(api, world)
    token = await asked(api, "/sign-in-links", EMPLOYEE["email"])
    parts = api.service.app.state.parts
    links = Reusable(parts.post.links._collection, parts.post.links._letters)
    api.service.app.state.parts = replace(parts, post=replace(parts.post, links=links))
    answers = [await api("POST", "/sign-in-links/exchange", body={"token": token}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_unknown_and_known_addresses_are_answered_and_stored_alike(
    api: Api, world: dict[str, str]
) -> None:
    told, written = [], []
    for email in (ADMIN[0], "nobody@people.example"):
        for path in ("/sign-in-links", "/password-resets"):
            answer = await api("POST", path, body={"email": email})
            told.append((path, answer.status_code, answer.json()))
            letter = (await letters(api))[-1]
            written.append((path, letter["v"], sorted(letter), letter["state"]["kind"]))
    assert told[:2] == told[2:]
    assert written[:2] == written[2:]
    assert (await opened(api, (await letters(api))[-1]["_id"])).status_code == 404
    events = str([one["outbox"] for one in await letters(api)])
    assert "people.example" not in events
    for email in (ADMIN[0], "nobody@people.example"):
        answers = [await api("POST", "/sign-in-links", body={"email": email}) for _ in range(PER_ADDRESS)]
        assert answers[-1].status_code == 429


async def test_links_expire_and_fit_their_purpose_only(api: Api, world: dict[str, str]) -> None:
    await employee(api, world)
    token = await asked(api, "/sign-in-links", EMPLOYEE["email"])
    body = {"token": token, "password": PASSWORD}
    for path in ("/password-resets/complete", "/invitations/accept"):
        assert (await api("POST", path, body=body)).status_code == 401
    parts = api.service.app.state.parts
    late = Links(
        parts.post.links._collection,
        parts.post.links._letters,
        clock=lambda: utc_now() + timedelta(minutes=15),
    )
    api.service.app.state.parts = replace(parts, post=replace(parts.post, links=late))
    assert (await api("POST", "/sign-in-links/exchange", body={"token": token})).status_code == 401
    assert (await opened(api, (await letters(api))[-1]["_id"])).status_code == 404
    api.service.app.state.parts = parts
    assert (await api("POST", "/sign-in-links/exchange", body={"token": token})).status_code == 200


async def test_an_invitation_sets_the_first_password(api: Api, world: dict[str, str]) -> None:
    person = await employee(api, world)
    path = f"/people/{person['id']}/invitation"
    for who, status in (("foreign-hr", 404), ("manager-one", 404), ("manager-two", 404), ("hr", 202)):
        assert (await api("POST", path, who)).status_code == status, who
    letter = (await letters(api))[-1]["_id"]
    assert (await api("POST", f"/letters/{letter}/open", "hr")).status_code == 403
    # Sent twice, because the process died after the mail was accepted: both work, one of them once.
    links = [(await opened(api, letter)).json() for _ in range(2)]
    assert links[0]["email"] == EMPLOYEE["email"]
    first, second = (one["link"].partition("/invitation#token=")[2] for one in links)
    short = await api("POST", "/invitations/accept", body={"token": first, "password": "short"})
    assert short.status_code == 422
    accepted = await api("POST", "/invitations/accept", body={"token": first, "password": PASSWORD})
    assert accepted.status_code == 200, accepted.text
    stolen = await api("POST", "/invitations/accept", body={"token": second, "password": PASSWORD + "!"})
    assert stolen.status_code == 401
    await api.sign_in("ada", EMPLOYEE["email"], PASSWORD)
    assert (await api("POST", path, "hr")).status_code == 409
    stored = str(await api.service.collection("letter_links").find({})) + str(await letters(api))
    assert first not in stored


async def test_a_manager_invites_contacts_of_the_own_network(api: Api, world: dict[str, str]) -> None:
    grant = {"role": "company_hr", "organisation_id": world["company"]}
    body = {"name": "Kontakt", "email": "kontakt@people.example", "grants": [grant]}
    made = await api.made("/people", "manager-one", body)
    for who, status in (("manager-two", 404), ("manager-one", 202)):
        assert (await api("POST", f"/people/{made['id']}/invitation", who)).status_code == status, who
    key = {"Idempotency-Key": "invite-1"}
    twice = [
        (await api("POST", f"/people/{made['id']}/invitation", "manager-one", headers=key)).json()
        for _ in range(2)
    ]
    assert twice[0] == twice[1]


async def test_a_forgotten_password_is_set_anew_and_ends_every_session(
    api: Api, world: dict[str, str]
) -> None:
    made = await api.person("forgetful", "admin", "company_hr", organisation_id=world["company"])
    session = (await api.sign_in("forgetful", made["email"], PASSWORD))["refresh_token"]
    link = await asked(api, "/sign-in-links", made["email"])
    token = await asked(api, "/password-resets", made["email"])
    new = {"token": token, "password": PASSWORD + " anew"}
    assert (await api("POST", "/password-resets/complete", body=new)).status_code == 204
    assert (await api("POST", "/password-resets/complete", body=new)).status_code == 401
    assert (await api("POST", "/tokens/refresh", body={"refresh_token": session})).status_code == 401
    assert (await api("POST", "/sign-in-links/exchange", body={"token": link})).status_code == 401
    old = await api("POST", "/tokens", body={"email": made["email"], "password": PASSWORD})
    assert old.status_code == 401
    await api.sign_in("forgetful", made["email"], PASSWORD + " anew")


async def test_a_link_does_not_get_around_the_second_factor(api: Api) -> None:
    begun = await api.done("/me/second-factor", "admin", {"present": ADMIN[1]})
    totp = pyotp.TOTP(begun["secret"])
    confirmed = await api.done("/me/second-factor/confirm", "admin", {"code": totp.now()})
    token = await asked(api, "/sign-in-links", ADMIN[0])
    missing = await api("POST", "/sign-in-links/exchange", body={"token": token})
    assert missing.json()["type"].rsplit(":", 1)[-1] == "second-factor-required"
    wrong = await api("POST", "/sign-in-links/exchange", body={"token": token, "code": "000000"})
    assert wrong.status_code == 401
    code = confirmed["recovery_codes"][0]
    right = await api("POST", "/sign-in-links/exchange", body={"token": token, "code": code})
    assert right.status_code == 200


async def test_nobody_who_was_deactivated_gets_a_link(api: Api, world: dict[str, str]) -> None:
    person = await employee(api, world)
    token = await asked(api, "/sign-in-links", EMPLOYEE["email"])
    await api.done(f"/people/{person['id']}/deactivate", "hr")
    assert (await api("POST", "/sign-in-links/exchange", body={"token": token})).status_code == 401
    await api("POST", "/sign-in-links", body={"email": EMPLOYEE["email"]})
    assert (await opened(api, (await letters(api))[-1]["_id"])).status_code == 404


async def test_an_erased_person_is_in_no_letter_and_no_second_factor(api: Api) -> None:
    await api.done("/me/second-factor", "admin", {"present": ADMIN[1]})
    await asked(api, "/sign-in-links", ADMIN[0])
    await api("POST", "/password-resets", body={"email": ADMIN[0]})
    person_id = (await api("GET", "/me", "admin")).json()["id"]
    names = ("letters", "letter_links", "second_factors")

    async def mentions() -> int:
        found = [str(await api.service.collection(name).find({})) for name in names]
        return sum(text.count(person_id) for text in found)

    assert await mentions() >= 4
    await forget(person_id, vault_of(api.service, api.service.app.state.parts))
    assert await mentions() == 0


async def test_old_letters_and_links_are_deleted(api: Api, world: dict[str, str]) -> None:
    await employee(api, world)
    await asked(api, "/sign-in-links", EMPLOYEE["email"])
    parts = api.service.app.state.parts
    later = Links(
        parts.post.links._collection,
        parts.post.letters.collection,
        clock=lambda: utc_now() + timedelta(days=2),
    )
    await parts.post.letters.collection.update_many({}, {"$set": {"outbox": []}})
    await later.purge()
    assert await parts.post.links._collection.count({}) == 0
    assert await letters(api) == []
