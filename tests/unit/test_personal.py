"""Finding and replacing a person's id in any JSON value."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.personal import keys_mentioning, mentions, replaced

ID, OTHER, ALIAS = "person", "somebody-else", "alias"
texts = st.sampled_from([ID, OTHER, "x", "y"])
states = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda part: st.lists(part, max_size=4) | st.dictionaries(texts, part, max_size=4),
    max_leaves=20,
)


@given(states)
def test_nothing_mentions_the_person_when_the_id_was_replaced(state: Any) -> None:
    after = replaced(state, ID, ALIAS)
    assert f'"{ID}"' not in json.dumps(after)
    assert not mentions(after, ID)


@given(states)
def test_a_state_is_found_when_and_only_when_the_id_stands_in_it(state: Any) -> None:
    assert mentions(state, ID) == (f'"{ID}"' in json.dumps(state))


@given(states)
def test_others_stay_when_the_id_was_replaced(state: Any) -> None:
    assert replaced(replaced(state, ID, ALIAS), ALIAS, ID) == json.loads(json.dumps(state))


def test_the_entries_that_hold_the_person_are_named() -> None:
    state = {
        "confirmed": {"b1": {"participant_id": ID, "number": 1}, "b2": {"participant_id": OTHER}},
        "ended": {"b3": {"participant_id": ID}},
        "people": {ID: "b1"},
    }
    assert list(keys_mentioning(state, ID)) == ["b1", "b3"]
