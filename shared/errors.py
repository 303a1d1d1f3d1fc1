"""Two error roots: `Rejected` is the caller's fault (4xx), `Failed` is ours (5xx, worth another try). Pure.

A concrete error is one class: its name gives the problem type, its texts are what a person reads.

    class SessionNotOpen(Rejected):
        status = 409
        en = "The session is {state} and takes no bookings."
        de = "Die Durchführung ist {state} und nimmt keine Buchungen an."
"""

import re
from typing import Any, ClassVar


class Problem(Exception):  # noqa: N818  the concrete errors name a condition, not themselves
    """Something that is answered with an RFC 9457 problem document.

    `pointer` is the RFC 6901 JSON pointer of the field at fault, if there is one; `params` fill the texts and
    are shown to the caller, so they hold no personal data.
    """

    status: ClassVar[int]
    slug: ClassVar[str]
    en: ClassVar[str]
    de: ClassVar[str]
    retry_after_s: int | None = None
    challenge: ClassVar[str] = "Bearer"  # what `WWW-Authenticate` asks for on a 401

    def __init__(self, *, pointer: str | None = None, **params: Any) -> None:
        super().__init__(type(self).__name__)
        self.pointer = pointer
        self.params = params

    def __init_subclass__(cls) -> None:
        cls.slug = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    def text(self, language: str) -> str:
        """Return the sentence for a reader of `language` ("de" or "en")."""
        return (self.de if language == "de" else self.en).format_map(self.params)


class Rejected(Problem):
    """The caller's fault; the same request will be refused again until something changes."""

    status = 409
    en = "The request cannot be carried out in the present state."
    de = "Die Anfrage ist im jetzigen Zustand nicht möglich."


class Failed(Problem):
    """Our fault and temporary; the caller may repeat with the same Idempotency-Key."""

    status = 503
    retry_after_s: int | None = 1
    en = (
        "The service cannot do this right now. Please try again; "
        "with the same Idempotency-Key nothing is done twice."
    )
    de = (
        "Der Dienst kann das gerade nicht ausführen. Bitte erneut versuchen; "
        "mit demselben Idempotency-Key geschieht nichts doppelt."
    )


class NotFound(Rejected):
    status = 404
    en = "There is no such {kind}, or you may not see it."
    de = "Das gibt es nicht, oder Sie dürfen es nicht sehen ({kind})."


class Forbidden(Rejected):
    status = 403
    en = "Your role does not allow this."
    de = "Ihre Rolle erlaubt das nicht."


class Unauthenticated(Rejected):
    status = 401
    en = "Please sign in: the access token is missing, expired or not valid."
    de = "Bitte melden Sie sich an: Das Zugriffstoken fehlt, ist abgelaufen oder ungültig."


class AlreadyExists(Rejected):
    status = 409
    en = "This {kind} already exists."
    de = "Das gibt es schon ({kind})."


class Invalid(Rejected):
    """A well-formed value that breaks a rule; `reason_en` and `reason_de` say which."""

    status = 422
    en = "{reason_en}"
    de = "{reason_de}"


class IdempotencyKeyReused(Rejected):
    status = 422
    en = "This Idempotency-Key was used before with a different request."
    de = "Dieser Idempotency-Key wurde schon mit einer anderen Anfrage verwendet."


class WrongState(Rejected):
    """A state machine has no transition for the command in the present state."""

    status = 409
    en = "This is not possible while the {kind} is in state {state}."
    de = "Im Zustand {state} ist das nicht möglich ({kind})."


class Busy(Failed):
    """Every try lost the race against other writers of the same aggregate."""


class OutboxFull(Failed):
    """Too many events wait for Kafka; taking more could lose the bound on document size."""

    retry_after_s = 5


class StoreUnavailable(Failed):
    retry_after_s = 2


class EventTooLarge(Failed):
    """An event is over 64 KiB; the broker would refuse it for ever, so it is refused before the write."""

    status = 500
    retry_after_s = None
