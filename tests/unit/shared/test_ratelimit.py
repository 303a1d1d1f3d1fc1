"""So many requests a second and a burst; whose they are cannot be made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import ratelimit
from shared.ratelimit import BURST_S, RateLimit, TooManyRequests, client_of

GATEWAY = frozenset({"10.0.0.1"})


def taken(limit: RateLimit, instants: list[float], caller: str = "a") -> int:
    found = 0
    for now in instants:
        try:
            limit.take(caller, now)
        except TooManyRequests:
            continue
        found += 1
    return found


def test_ten_seconds_worth_passes_at_once_and_no_more() -> None:
    assert taken(RateLimit(5), [0.0] * 200) == 5 * BURST_S


def test_the_refusal_says_when_it_is_worth_asking_again() -> None:
    limit = RateLimit(2)
    assert taken(limit, [0.0] * 20) == 20
    with pytest.raises(TooManyRequests) as refused:
        limit.take("a", 0.0)
    assert refused.value.retry_after_s == 1
    limit.take("a", float(refused.value.retry_after_s))


def test_one_callers_flood_leaves_another_alone() -> None:
    limit = RateLimit(1)
    taken(limit, [0.0] * 50)
    assert taken(limit, [0.0], caller="b") == 1


def test_zero_is_no_limit() -> None:
    assert taken(RateLimit(0), [0.0] * 5000) == 5000


def test_silent_callers_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "MOST_CALLERS", 3)
    limit = RateLimit(1)
    for caller in "abcd":
        limit.take(caller, 0.0)
    assert list(limit._due) == ["b", "c", "d"]


@given(st.lists(st.floats(0, 30), max_size=400), st.integers(1, 20))
def test_never_more_than_rate_and_burst_in_any_span(offsets: list[float], rate: int) -> None:
    instants = sorted(offsets)
    limit = RateLimit(rate)
    passed = [now for now in instants if taken(limit, [now])]
    for start, first in enumerate(passed):
        for end in range(start, len(passed)):
            span = passed[end] - first
            assert end - start + 1 <= rate * (span + BURST_S) + 1e-6


@pytest.mark.parametrize(
    ("peer", "header", "client"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("198.51.100.9", "6.6.6.6", "198.51.100.9"),
        ("10.0.0.1", "", None),
    ],
)
def test_the_client_is_who_the_gateway_saw(peer: str, header: str, client: str | None) -> None:
    assert client_of(peer, header, GATEWAY) == client
