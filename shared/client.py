"""Calls from one service to another's authorised API, with a service token and the caller's trace."""

import asyncio
import time
from typing import Any

import httpx
from pydantic import SecretStr

from shared.errors import Failed, NotFound
from shared.telemetry import trace_headers

TIMEOUT_S = 5
RENEW_BEFORE_S = 30


class PeerDown(Failed):
    """Another service does not answer, or refuses the service token."""


class Peer:
    """One other service. Every error that another try may cure is `PeerDown` (503, retryable)."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        *,
        token_url: str,
        client_id: str,
        secret: SecretStr | None,
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._token_url = token_url
        self._client_id = client_id
        self._secret = secret
        self._token = ""
        self._expires = 0.0
        self._renewing = asyncio.Lock()

    async def get(self, path: str, params: dict[str, str] | None = None) -> Any:
        """GET `path` and return its JSON. Errors: `NotFound` 404, `PeerDown`."""
        return await self._call("GET", path, params=params)

    async def post(self, path: str, body: Any) -> Any:
        """POST `body` to `path` and return the answer's JSON. Errors: `NotFound` 404, `PeerDown`."""
        return await self._call("POST", path, json=body)

    async def _call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {await self._access_token()}", **trace_headers()}
        try:
            answer = await self._http.request(
                method, self._base_url + path, headers=headers, timeout=TIMEOUT_S, **more
            )
        except httpx.HTTPError as error:
            raise PeerDown from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NotFound(kind=path.rsplit("/", 2)[-2] if path.count("/") > 1 else "resource")
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._expires = 0.0
        if answer.is_error:
            raise PeerDown
        return answer.json()

    async def _access_token(self) -> str:
        async with self._renewing:
            if time.monotonic() < self._expires:
                return self._token
            if self._secret is None:
                raise PeerDown
            try:
                answer = await self._http.post(
                    self._token_url,
                    auth=(self._client_id, self._secret.get_secret_value()),
                    headers=dict(trace_headers()),
                    timeout=TIMEOUT_S,
                )
                answer.raise_for_status()
                granted = answer.json()
            except (httpx.HTTPError, ValueError) as error:
                raise PeerDown from error
            self._token = granted["access_token"]
            self._expires = time.monotonic() + granted["expires_in"] - RENEW_BEFORE_S
            return self._token
