"""A small client of the public API: signs in, repeats what is worth repeating, counts what it asked."""

import time
from typing import Any

import httpx

TRIES = 40


class Refused(Exception):  # noqa: N818  it names what happened
    """The API refused; `problem` is its RFC 9457 document."""

    def __init__(self, method: str, path: str, answer: httpx.Response) -> None:
        super().__init__(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        self.status = answer.status_code


class Api:
    """One signed-in person, through the gateway."""

    def __init__(self, base_url: str, run: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=30)
        self._run = run
        self._token = ""

    @property
    def token(self) -> str:
        """The access token."""
        return self._token

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def sign_in(self, email: str, password: str) -> "Api":
        """Get an access token."""
        found = self.call("POST", "/api/membership/v1/tokens", {"email": email, "password": password})
        self._token = found["access_token"]
        return self

    def post(self, path: str, body: Any = None, key: str = "") -> Any:
        """Send a command; `key` makes it the same command when the demo is run again."""
        headers = {"Idempotency-Key": f"{self._run}/{key or path}"}
        return self.call("POST", path, {} if body is None else body, headers)

    def get(self, path: str) -> Any:
        """Read something."""
        return self.call("GET", path)

    def document(self, path: str) -> bytes:
        """Read something that is not JSON."""
        return self._answered("GET", path, None, {}).content

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Ask, and ask again when the answer says that this helps (Retry-After). Errors: `Refused`."""
        return self._answered(method, path, body, headers or {}).json()

    def _answered(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        sent = {**headers, "Accept-Language": "de"}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        for attempt in range(TRIES):
            try:
                answer = self._http.request(method, path, json=body, headers=sent)
            except httpx.TransportError:
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.5)
                continue
            if answer.is_success:
                return answer
            if "retry-after" not in answer.headers or attempt == TRIES - 1:
                raise Refused(method, path, answer)
            time.sleep(min(float(answer.headers["retry-after"]), 0.3))
        raise AssertionError("unreachable")
