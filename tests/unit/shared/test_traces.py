"""Where a person's id stands is found at any depth, and shown without what lies around it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.personal import mentions
from shared.traces import places_naming, readable

HER = "her"
JSON = st.recursive(
    st.sampled_from([HER, "other", 1, None]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([HER, "a", "b"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def test_entry_is_shown_alone_when_a_journal_names_the_person() -> None:
    state: dict[str, Any] = {
        "id": "call",
        "journal": [
            {"act": "opened", "person_id": HER, "offer_id": None},
            {"act": "read", "person_id": "other", "offer_id": "o"},
            {"act": "read", "person_id": HER, "offer_id": "o", "deep": {"secret": "x"}},
        ],
    }
    assert list(places_naming(state, HER)) == [
        {"act": "opened", "person_id": HER, "offer_id": None},
        {"act": "read", "person_id": HER, "offer_id": "o"},
    ]


@given(st.dictionaries(st.sampled_from(["a", "b"]), JSON, max_size=3))
def test_nothing_is_missed_and_nothing_invented_wherever_the_id_stands(state: dict[str, Any]) -> None:
    assert bool(list(places_naming(state, HER))) == mentions(state, HER)


def test_nobody_else_is_shown_when_the_id_is_a_key_or_in_a_list() -> None:
    state: dict[str, Any] = {"people": {HER: "booking", "other": "theirs"}, "told": ["other", HER], "n": 1}
    assert list(places_naming(state, HER)) == [{"told": HER, "n": 1}, {HER: "booking"}]


def test_instants_are_text_and_amounts_stay_numbers_when_shown() -> None:
    held = {
        "created_ms": 0,
        "until_ms": None,
        "items": [{"occurred": 1000, "price_cents": 13000}],
        "on": True,
    }
    assert readable(held) == {
        "created_at": "1970-01-01T00:00:00+00:00",
        "until_at": None,
        "items": [{"occurred": "1970-01-01T00:00:01+00:00", "price_cents": 13000}],
        "on": True,
    }
