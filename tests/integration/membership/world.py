"""The api process of membership without its socket, and who calls it."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.process import Service

BASE = "/api/membership/v1"
ADMIN = ("admin@verbundwerk.example", "correct horse battery")
PASSWORD = "a long enough password"  # pragma: allowlist secret
CLIENTS = {"courses": "c-secret", "notifications": "n-secret", "reporting": "r-secret"}
NUMBERS = count(1)
NEW_NETWORK = {"name": "N", "sector_focus": "textile", "ags": ["08415"]}
EMPLOYEE = {"name": "Ada", "email": "ada@people.example"}


@dataclass
class Api:
    """The api process without its socket, and who calls it."""

    service: Service
    key: Ed25519PrivateKey
    http: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    async def __call__(
        self, method: str, path: str, who: str | None = None, body: Any = None, **more: Any
    ) -> httpx.Response:
        headers = more.pop("headers", {})
        if who is not None:
            headers = {"Authorization": f"Bearer {self.tokens[who]}", **headers}
        if body is not None:
            more["json"] = body
        return await self.http.request(method, BASE + path, headers=headers, **more)

    async def made(self, path: str, who: str, body: Any) -> dict[str, Any]:
        answer = await self("POST", path, who, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def done(self, path: str, who: str, body: Any = None) -> dict[str, Any]:
        answer = await self("POST", path, who, body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def sign_in(self, name: str, email: str, password: str) -> dict[str, Any]:
        answer = await self("POST", "/tokens", body={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        self.tokens[name] = found["access_token"]
        return found

    async def person(self, name: str, creator: str, role: str, **place: str) -> dict[str, Any]:
        email = f"{name}{next(NUMBERS)}@people.example"
        body = {
            "name": name,
            "email": email,
            "locale": "de",
            "password": PASSWORD,
            "grants": [{"role": role, **place}],
        }
        made = await self.made("/people", creator, body)
        await self.sign_in(name, email, PASSWORD)
        return made


async def service_token(api: Api, client: str) -> httpx.Response:
    return await api("POST", "/service-tokens", auth=(client, CLIENTS.get(client, "guess")))
