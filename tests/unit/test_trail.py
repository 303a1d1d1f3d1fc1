"""The chain of an audit trail: every way to tamper with it is noticed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import Value
from shared.trail import SEALED, SYSTEM, Actor, act_as, acting, changed_fields, entry_of, is_whole, reason_of

ACTOR = Actor("alias", "person", "admit_member")


def chain(lengths: list[int]) -> list[dict[str, Any]]:
    """Return entries of changes with so many events each."""
    entries: list[dict[str, Any]] = []
    last, previous = 0, ""
    for number, length in enumerate(lengths):
        last += length
        changes = [f"change-{number}"] * length
        entries.append(entry_of(changes, ["name"], last=last, at_ms=number, actor=ACTOR, previous=previous))
        previous = entries[-1]["hash"]
    return entries


lengths = st.lists(st.integers(1, 3), min_size=1, max_size=6)


@given(lengths)
def test_an_untouched_chain_is_whole(given_: list[int]) -> None:
    entries = chain(given_)
    assert is_whole(entries, entries[-1]["hash"])
    assert is_whole(entries, None)
    assert is_whole([], "")


@given(lengths, st.data())
def test_it_is_noticed_when_an_entry_is_left_out(given_: list[int], data: st.DataObject) -> None:
    entries = chain(given_)
    head = entries[-1]["hash"]
    del entries[data.draw(st.integers(0, len(entries) - 1))]
    assert not is_whole(entries, head)


@given(lengths, st.sampled_from(sorted(SEALED)), st.data())
def test_it_is_noticed_when_an_entry_is_changed(given_: list[int], name: str, data: st.DataObject) -> None:
    entries = chain(given_)
    head = entries[-1]["hash"]
    victim = entries[data.draw(st.integers(0, len(entries) - 1))]
    victim[name] = "another" if isinstance(victim[name], str) else ["another"]
    assert not is_whole(entries, head)


@given(lengths)
def test_it_is_noticed_when_the_whole_chain_is_forged_behind_the_heads_back(given_: list[int]) -> None:
    entries = chain(given_)
    forged = chain([*given_, 1])
    assert not is_whole(forged, entries[-1]["hash"])


def test_fields_are_named_and_reasons_are_codes() -> None:
    class Thing(Value):
        name: str
        size: int = 0
        note: str | None = None

    class Left(Value):
        reason_code: str = "moved"

    assert changed_fields(None, Thing(name="x")) == ["name", "size"]
    assert changed_fields(Thing(name="x"), Thing(name="y")) == ["name"]
    assert reason_of([Value(), Left()]) == "moved"  # type: ignore[list-item]
    assert reason_of([]) is None


@pytest.mark.parametrize("actor", [ACTOR, SYSTEM])
async def test_who_acts_holds_for_the_request_that_said_so(actor: Actor) -> None:
    assert acting() == SYSTEM
    act_as(actor)
    assert acting() == actor
