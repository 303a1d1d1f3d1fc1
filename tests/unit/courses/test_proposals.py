"""Which needs are proposed to be pooled, why, and which never are."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.courses.planning.problem import Demand
from services.courses.pools.likeness import likeness, stems, vectors
from services.courses.pools.proposals import PoolProposal, ReasonCode, Wish, propose


def wish(name: str, topic: str = "emob-hv1", text: str = "", heads: int = 2, **more: object) -> Wish:
    first, last = more.pop("first", date(2027, 1, 1)), more.pop("last", date(2027, 6, 30))
    assert isinstance(first, date)
    assert isinstance(last, date)
    values = {"id": name, "company_id": f"of-{name}", "topic_code": topic, "heads": heads, "place": "08136"}
    return Wish(Demand.model_validate({**values, **more}), text, first, last)


def only(*wishes: Wish) -> PoolProposal:
    (found,) = propose(wishes)
    return found


def codes(found: PoolProposal) -> list[ReasonCode]:
    return [reason.code for reason in found.reasons]


def test_needs_of_one_topic_are_proposed_with_their_common_time_and_distance() -> None:
    found = only(
        wish("a", first=date(2027, 2, 1), level="basic"),
        wish("b", last=date(2027, 3, 31), level="basic"),
        wish("c", place="08135", level="basic"),
    )
    assert (set(found.need_ids), found.heads, found.companies) == ({"a", "b", "c"}, 6, 3)
    assert codes(found) == ["same_topic", "common_time", "near", "same_level"]
    time = found.reasons[1]
    assert (time.first, time.last) == (date(2027, 2, 1), date(2027, 3, 31))
    assert 0 < (found.reasons[2].farthest_km or 0) < 60  # Ostalbkreis to Heidenheim


def test_sibling_topics_are_proposed_when_their_texts_are_alike() -> None:
    found = only(
        wish("a", text="Arbeiten an Hochvoltsystemen", heads=3),
        wish("b", "emob-hv2s", text="Sicheres Arbeiten an Hochvoltsystemen"),
    )
    reason = found.reasons[0]
    assert (reason.code, reason.topic_codes) == ("sibling_topics", ("emob-hv1", "emob-hv2s"))
    assert reason.stems
    assert found.topic_code == "emob-hv1"  # the one with the most heads


@pytest.mark.parametrize(
    "other",
    [
        wish("b", first=date(2027, 7, 1), last=date(2027, 8, 1)),
        wish("b", format="online"),
        wish("b", level="expert"),
        wish("b", "lead-change"),
        wish("b", place="08336", max_distance_km=30),
        wish("b", company_id="of-a"),
    ],
)
def test_nothing_is_proposed_when_needs_exclude_each_other(other: Wish) -> None:
    first = wish("a", format="on_site", level="basic", max_distance_km=30)
    assert propose([first, other]) == ()


def test_german_forms_of_a_word_are_the_same_stem() -> None:
    assert stems("Schulungen der Maschinenführer") == stems("Maschinenführern")
    known = vectors({"a": "Elektrische Anlagen", "b": "Elektrisches an der Anlage", "c": "Buchhaltung"})
    assert likeness(known["a"], known["b"]) > 0.9
    assert likeness(known["a"], known["c"]) == 0
    assert likeness(vectors({"a": ""})["a"], known["a"]) == 0


topics_of = st.sampled_from(["emob-hv1", "emob-hv2s", "lead-change"])
wishes_of = st.lists(
    st.tuples(topics_of, st.integers(0, 4), st.integers(1, 12), st.integers(1, 5)), max_size=14
)


@settings(max_examples=60, deadline=None)
@given(wishes_of)
def test_every_need_is_in_one_proposal_at_most_and_every_group_has_a_common_time(
    drawn: list[tuple[str, int, int, int]],
) -> None:
    wishes = {
        str(number): wish(
            str(number),
            topic,
            company_id=f"c{of}",
            heads=heads,
            first=date(2027, month, 1),
            last=date(2027, 12, 1),
        )
        for number, (topic, of, month, heads) in enumerate(drawn)
    }
    found = propose(list(wishes.values()))
    used = [key for each in found for key in each.need_ids]
    assert len(used) == len(set(used))
    for each in found:
        group = [wishes[key] for key in each.need_ids]
        assert each.heads == sum(one.demand.heads for one in group)
        assert len({one.demand.company_id for one in group}) == each.companies >= 2
        assert max(one.first for one in group) <= min(one.last for one in group)
