"""Calendar feeds: a person's or a company's courses by a secret link that can be taken back. Pure."""

from shared.errors import Rejected
from shared.events.envelope import Value

MAX_PER_OWNER = 5  # [P]


class TooManyFeeds(Rejected):
    status = 409
    en = "There are {limit} calendar links already; take one back first."
    de = "Es gibt schon {limit} Kalender-Links; nehmen Sie zuerst einen zurück."


class Feed(Value):
    """A calendar link; only a hash of its secret is kept. Exactly one of the two owners is set."""

    id: str
    person_id: str | None = None
    organisation_id: str | None = None
    created_ms: int
    language: str
