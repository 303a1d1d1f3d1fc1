"""Look-ups share requests: a crowd costs few, a lone one waits for nobody, and no answer is kept for long."""

import asyncio
from typing import Any

import pytest

from services.notifications.lookups import KEPT_S, MOST_KEPT, MOST_QUESTIONS, Lookups
from shared.client import PeerDown

CROWD = 600  # look-ups of 200 bookings


class Membership:
    """Answers each question with the question, when it is let to."""

    def __init__(self) -> None:
        self.requests: list[list[dict[str, Any]]] = []
        self.down = False

    async def post(self, path: str, body: Any) -> Any:
        assert path.endswith("/contacts/lookups")
        self.requests.append(body["questions"])
        await asyncio.sleep(0)
        if self.down:
            raise PeerDown
        return {"answers": [{"contacts": [question]} for question in body["questions"]]}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def question(number: int) -> dict[str, Any]:
    return {"organisation_id": str(number), "role": "company_hr"}


async def ask(lookups: Any, number: int) -> Any:
    return (await lookups.post("/contacts/lookup", question(number)))["contacts"]


async def test_a_crowd_costs_few_requests_and_everybody_gets_the_own_answer() -> None:
    membership = Membership()
    lookups = Lookups(membership, clock=Clock())
    answers = await asyncio.gather(*(ask(lookups, number) for number in range(CROWD)))
    assert answers == [[question(number)] for number in range(CROWD)]
    assert len(membership.requests) <= 1 + CROWD // MOST_QUESTIONS
    assert max(map(len, membership.requests)) <= MOST_QUESTIONS


async def test_every_look_up_is_a_request_when_they_are_not_shared() -> None:
    """The damage: 600 requests for 200 bookings, so 3,000 a minute are spent at 17 bookings a second."""
    membership = Membership()

    async def alone(number: int) -> None:
        await membership.post("/contacts/lookups", {"questions": [question(number)]})

    await asyncio.gather(*(alone(number) for number in range(CROWD)))
    assert len(membership.requests) == CROWD


async def test_equal_questions_share_an_answer_and_it_is_kept_for_seconds_only() -> None:
    membership, clock = Membership(), Clock()
    lookups = Lookups(membership, clock=clock)
    await asyncio.gather(*(ask(lookups, 1) for _ in range(50)))
    await ask(lookups, 1)
    assert membership.requests == [[question(1)]]
    clock.now = KEPT_S
    await ask(lookups, 1)
    assert len(membership.requests) == 2


async def test_nothing_grows_without_bound() -> None:
    lookups = Lookups(Membership(), clock=Clock())
    for start in range(0, 3 * MOST_KEPT, 100):
        await asyncio.gather(*(ask(lookups, number) for number in range(start, start + 100)))
    assert len(lookups._kept) <= MOST_KEPT
    assert lookups._waiting == {}


async def test_everybody_learns_of_a_failure_and_the_next_one_is_asked_again() -> None:
    membership = Membership()
    lookups = Lookups(membership, clock=Clock())
    membership.down = True
    failed = await asyncio.gather(*(ask(lookups, number) for number in range(5)), return_exceptions=True)
    assert all(isinstance(one, PeerDown) for one in failed)
    membership.down = False
    assert await ask(lookups, 1) == [question(1)]


async def test_others_get_their_answer_when_one_gives_up() -> None:
    lookups = Lookups(Membership(), clock=Clock())
    first, second = (asyncio.create_task(ask(lookups, 1)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == [question(1)]
