"""Tokens: what signs in, what does not, and what attackers try."""

import asyncio
import base64
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.membership.people.handlers import bootstrap_admin
from services.membership.signin.handlers import Issuer
from services.membership.signin.keys import Keyring, thumbprint
from services.membership.signin.limits import ADDRESS_FAILURES, FREE_GUESSES
from shared.auth import AUDIENCE, ISSUER
from shared.clock import utc_now
from tests.integration.membership.world import (
    ADMIN,
    PASSWORD,
    Api,
)

pytestmark = [pytest.mark.connected]

WRONG = {"password": "wrong"}  # pragma: allowlist secret


async def test_a_wrong_service_secret_is_refused(api: Api) -> None:
    for client, secret in (("notifications", "wrong"), ("nobody", ""), ("", "")):
        answer = await api("POST", "/service-tokens", auth=(client, secret))
        assert answer.status_code == 401
    unsigned = await api("POST", "/service-tokens")
    assert unsigned.status_code == 401
    assert unsigned.headers["www-authenticate"].startswith("Basic ")
    assert (await api("GET", "/me")).headers["www-authenticate"] == "Bearer"
    broken = await api("POST", "/service-tokens", headers={"Authorization": "Basic ???"})
    assert broken.status_code == 401


async def test_a_used_refresh_token_ends_the_family(api: Api) -> None:
    first = await api.sign_in("admin", *ADMIN)
    renewed = await api("POST", "/tokens/refresh", body={"refresh_token": first["refresh_token"]})
    assert renewed.status_code == 200
    second = renewed.json()["refresh_token"]
    reused = await api("POST", "/tokens/refresh", body={"refresh_token": first["refresh_token"]})
    assert reused.status_code == 401
    ended = await api("POST", "/tokens/refresh", body={"refresh_token": second})
    assert ended.status_code == 401


async def test_one_refresh_token_used_at_once_gives_one_successor(api: Api) -> None:
    token = (await api.sign_in("admin", *ADMIN))["refresh_token"]
    body = {"refresh_token": token}
    answers = await asyncio.gather(*(api("POST", "/tokens/refresh", body=body) for _ in range(8)))
    assert sum(answer.status_code == 200 for answer in answers) <= 1


async def test_signing_out_ends_the_session_and_deactivating_all_of_them(
    api: Api, world: dict[str, str]
) -> None:
    token = (await api.sign_in("admin", *ADMIN))["refresh_token"]
    for _ in range(2):
        assert (await api("POST", "/tokens/revoke", body={"refresh_token": token})).status_code == 204
    assert (await api("POST", "/tokens/refresh", body={"refresh_token": token})).status_code == 401
    made = await api.person("leaver", "admin", "company_hr", organisation_id=world["company"])
    token = (await api.sign_in("leaver", made["email"], PASSWORD))["refresh_token"]
    assert (await api("POST", f"/people/{made['id']}/deactivate", "hr")).status_code == 404
    await api.done(f"/people/{made['id']}/deactivate", "admin")
    assert (await api("POST", "/tokens/refresh", body={"refresh_token": token})).status_code == 401
    answer = await api("POST", "/tokens", body={"email": made["email"], "password": PASSWORD})
    assert answer.status_code == 401


async def test_a_changed_password_is_the_only_one_that_fits(api: Api, world: dict[str, str]) -> None:
    made = await api.person("changer", "admin", "company_hr", organisation_id=world["company"])
    wrong = {"present": "not the password", "wanted": PASSWORD + "!"}
    assert (await api("POST", "/me/password", "changer", wrong)).status_code == 403
    await api.done("/me/password", "changer", {"present": PASSWORD, "wanted": PASSWORD + "!"})
    old = await api("POST", "/tokens", body={"email": made["email"], "password": PASSWORD})
    assert old.status_code == 401
    await api.sign_in("changer", made["email"].upper(), PASSWORD + "!")


async def test_unknown_and_wrong_read_the_same_and_guesses_are_slowed(api: Api) -> None:
    told = []
    for email in (ADMIN[0], "nobody@people.example"):
        for _ in range(FREE_GUESSES):
            answer = await api("POST", "/tokens", body={"email": email, **WRONG})
            assert answer.status_code == 401
            told.append({**answer.json(), "instance": ""})
        locked = await api("POST", "/tokens", body={"email": email, "password": ADMIN[1]})
        assert locked.status_code == 429
        assert 0 < int(locked.headers["retry-after"]) <= 30
    assert all(one == told[0] for one in told)


async def test_a_burst_of_parallel_guesses_gains_nothing(api: Api) -> None:
    body = {"email": ADMIN[0], **WRONG}
    answers = await asyncio.gather(*(api("POST", "/tokens", body=body) for _ in range(20)))
    assert sum(answer.status_code == 401 for answer in answers) <= FREE_GUESSES


async def test_an_address_with_many_failures_is_turned_away(api: Api) -> None:
    parts = api.service.app.state.parts
    for _ in range(ADDRESS_FAILURES):
        await parts.limits.failed_from("192.0.2.7")
    body = {"email": ADMIN[0], "password": ADMIN[1]}
    far = await api("POST", "/tokens", body=body, headers={"X-Forwarded-For": "10.1.1.1, 192.0.2.7"})
    near = await api("POST", "/tokens", body=body, headers={"X-Forwarded-For": "192.0.2.7, 192.0.2.8"})
    assert (far.status_code, near.status_code) == (429, 200)


def _tokens_of_attackers(key: Ed25519PrivateKey, kid: str) -> dict[str, str]:
    now = int(time.time())
    claims = {"sub": "x", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600, "grants": []}
    claims["grants"] = [{"role": "platform_admin"}]
    headers = {"kid": kid}
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    def signed(**changes: Any) -> str:
        return jwt.encode({**claims, **changes}, key, algorithm="EdDSA", headers=headers)

    return {
        "none": f"{part({'alg': 'none', 'kid': kid})}.{part(claims)}.",
        "public key as secret": jwt.encode(
            claims, public.hex() + "0" * 8, algorithm="HS256", headers=headers
        ),
        "expired": signed(iat=now - 700, exp=now - 100),
        "other audience": signed(aud="elsewhere"),
        "other issuer": signed(iss="elsewhere"),
        "other key": jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers=headers),
        "unknown key": jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "unknown"}),
        "no key id": jwt.encode(claims, key, algorithm="EdDSA"),
        "malformed role": signed(grants=[{"role": "god"}]),
        "no token": "abc",
    }


async def test_forged_tokens_are_refused(api: Api) -> None:
    keys = (await api("GET", "/.well-known/jwks.json")).json()["keys"]
    for name, token in _tokens_of_attackers(api.key, keys[0]["kid"]).items():
        answer = await api("GET", "/networks", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, name
    assert "d" not in keys[0]


async def test_several_starting_replicas_make_one_administrator(api: Api) -> None:
    parts = api.service.app.state.parts
    await parts.people.collection.delete_many({})
    made = await asyncio.gather(
        *(bootstrap_admin(*ADMIN, people=parts.people, passwords=parts.passwords) for _ in range(4)),
        return_exceptions=True,
    )
    assert await parts.people.collection.count({}) == 1
    assert True in made


async def test_signing_out_everywhere_ends_every_session(api: Api) -> None:
    tokens = [(await api.sign_in("admin", *ADMIN))["refresh_token"] for _ in range(2)]
    assert (await api("POST", "/me/sign-out", "admin")).status_code == 204
    for token in tokens:
        assert (await api("POST", "/tokens/refresh", body={"refresh_token": token})).status_code == 401


async def test_a_changed_signing_key_signs_nobody_out(api: Api) -> None:
    old, new = api.key, Ed25519PrivateKey.generate()
    token = api.tokens["admin"]
    # Replicas restart one by one: first every one knows the new key, then it signs, then the old one goes.
    for keys, signs in (([old, new], old), ([new, old], new)):
        ring = Keyring(keys)
        api.service.use_keys(ring)
        fresh = Issuer(ring, utc_now).for_service("reporting", ())
        assert jwt.get_unverified_header(fresh)["kid"] == thumbprint(signs.public_key())
        assert len(ring.jwks()) == 2
        for one in (token, fresh):
            answer = await api("GET", "/me", headers={"Authorization": f"Bearer {one}"})
            assert answer.status_code == 200
    api.service.use_keys(Keyring([new]))
    gone = await api("GET", "/me", headers={"Authorization": f"Bearer {token}"})
    assert gone.status_code == 401
