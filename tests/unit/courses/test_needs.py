"""A need through its life, what may be taught when, and what the figures of a network give away."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.courses.needs import demand, domain
from services.courses.needs.demand import OpenNeed
from services.courses.needs.domain import Need, NeedState, Terms, TopicDiffers
from services.courses.needs.windows import DateRange, DayTimes, months_later, shifted
from shared.errors import Invalid, WrongState
from shared.events.course_values import CourseFormat
from shared.events.courses import NeedPosted
from shared.events.needs import NeedCovered, NeedExpired, NeedRevised
from shared.ids import PoolId, SessionId, derived_id
from tests.unit.courses.examples import NETWORK, company

POOL, SESSION = PoolId(derived_id("pool", "1")), SessionId(derived_id("session", "1"))
TODAY = date(2027, 1, 4)


def need(**more: object) -> Need:
    values = {
        "id": derived_id("need", "1"),
        "network_id": NETWORK,
        "organisation_id": company(1),
        "topic_code": "emob-hv1",
        "headcount": 2,
        "window_from": date(2027, 2, 1),
        "window_to": date(2027, 6, 30),
        "format": CourseFormat.ON_SITE,
        "created_ms": 1,
    }
    return Need.model_validate({**values, **more})


def terms(**more: object) -> Terms:
    return Terms.model_validate({**need().model_dump(include=set(Terms.model_fields)), **more})


def test_events_hold_no_text_and_no_budget_when_a_need_has_both() -> None:
    asked = need(goal="Frau Maier soll das lernen", budget_cents_per_seat=99_999, max_distance_km=77)
    posted, revised = (
        domain.post(None, asked).events[0],
        domain.revise(asked, terms(goal="x", headcount=3, budget_cents_per_seat=99_999), None, TODAY).events[
            0
        ],
    )
    assert isinstance(posted, NeedPosted)
    assert isinstance(revised, NeedRevised)
    for event in (posted, revised):
        text = event.model_dump_json()
        assert "Maier" not in text
        assert "99999" not in text
        assert "distance" not in text


def test_revision_changes_everything_but_the_topic_when_the_need_is_pooled() -> None:
    pooled = domain.pool(need(), POOL, NETWORK, "emob-hv1").state
    changed = domain.revise(pooled, terms(headcount=5, mandatory=True), None, TODAY).state
    assert (changed.headcount, changed.mandatory, changed.state) == (5, True, NeedState.POOLED)
    assert not domain.revise(changed, terms(headcount=5, mandatory=True), None, TODAY).events
    with pytest.raises(TopicDiffers):
        domain.revise(pooled, terms(topic_code="emob-hv3"), None, TODAY)
    moved = domain.revise(need(), terms(topic_code="emob-hv3"), None, TODAY).state
    assert moved.topic_code == "emob-hv3"


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"blocked": [{"first": "2027-03-02", "last": "2027-03-01"}]}, "#/blocked/0"),
        ({"windows": [{"first": "2027-03-01", "last": "2027-03-02"}]}, "#/windows"),
        ({"day_times": {"starts": "09:00", "ends": "09:00"}}, "#/day_times"),
        ({"esco_uris": ["http://data.europa.eu/esco/skill/none"]}, "#/esco_uris/0"),
        ({"expires_on": "2027-01-03"}, "#/expires_on"),
        ({"expires_on": "2027-07-01"}, "#/expires_on"),
    ],
)
def test_need_is_refused_when_its_times_cannot_be(more: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        domain.post(None, need(**more), TODAY)
    assert refused.value.pointer == pointer


def test_need_expires_when_its_last_day_is_over_in_berlin_and_not_before() -> None:
    asked = need(expires_on=date(2027, 3, 1))
    assert not domain.due(asked, datetime(2027, 3, 1, 22, 59, tzinfo=UTC)).events
    change = domain.due(asked, datetime(2027, 3, 1, 23, tzinfo=UTC))
    assert [type(event) for event in change.events] == [NeedExpired]
    assert not domain.due(change.state, datetime(2027, 3, 3, tzinfo=UTC)).events
    pooled = domain.pool(asked, POOL, NETWORK, "emob-hv1").state
    assert not domain.due(pooled, datetime(2028, 1, 1, tzinfo=UTC)).events


def test_need_is_covered_and_stands_again_when_its_session_is_cancelled() -> None:
    pooled = domain.pool(need(), POOL, NETWORK, "emob-hv1").state
    covered = domain.cover_in_pool(pooled, POOL, SESSION)
    assert [type(event) for event in covered.events] == [NeedCovered]
    assert not domain.cover_in_pool(covered.state, POOL, SESSION).events
    assert not domain.cover(covered.state, SESSION).events
    with pytest.raises(WrongState):
        domain.cover(covered.state, None)
    free = domain.release(covered.state, POOL).state
    assert (free.state, free.pool_id, free.session_id) == (NeedState.POSTED, None, None)
    assert not domain.cover_in_pool(free, POOL, SESSION).events
    assert domain.cover(free, None).state.state is NeedState.COVERED


def test_pooled_need_is_called_covered_by_the_manager_alone() -> None:
    pooled = domain.pool(need(), POOL, NETWORK, "emob-hv1").state
    with pytest.raises(domain.OthersCountOnNeed):
        domain.cover_elsewhere(pooled, by_manager=False)
    assert domain.cover_elsewhere(pooled, by_manager=True).state.state is NeedState.COVERED
    assert domain.cover_elsewhere(need(), by_manager=False).state.state is NeedState.COVERED


def test_day_is_allowed_when_window_weekday_and_blocks_allow_it() -> None:
    asked = terms(
        windows=[
            {"first": "2027-02-01", "last": "2027-02-28"},
            {"first": "2027-06-01", "last": "2027-06-30"},
        ],
        blocked=[{"first": "2027-02-08", "last": "2027-02-14"}],
        weekdays=[1, 2],
        day_times=DayTimes(starts=time(8), ends=time(16)),
    )
    domain.checked(asked)
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(220)]
    allowed = [day for day in days if asked.allows(day)]
    assert allowed[:4] == [date(2027, 2, 1), date(2027, 2, 2), date(2027, 2, 15), date(2027, 2, 16)]
    assert all(day.month in {2, 6} and day.isoweekday() <= 2 for day in allowed)


@given(
    first=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    length=st.integers(0, 400),
    months=st.integers(1, 60),
)
def test_range_keeps_its_length_when_it_is_shifted(first: date, length: int, months: int) -> None:
    each = DateRange(first=first, last=first + timedelta(days=length))
    later = shifted(each, months)
    assert later.last - later.first == each.last - each.first
    total = (later.first.year - first.year) * 12 + later.first.month - first.month
    assert total == months


def test_last_day_of_the_month_is_taken_when_a_month_is_shorter() -> None:
    assert months_later(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert months_later(date(2027, 12, 31), 12) == date(2028, 12, 31)


def asked_by(topic: str, *companies: int, mandatory: bool = False) -> list[OpenNeed]:
    return [
        OpenNeed(topic_code=topic, organisation_id=company(number), headcount=1 + number, mandatory=mandatory)
        for number in companies
    ]


def test_topic_of_two_companies_is_hidden_when_demand_is_shown() -> None:
    needs = [*asked_by("emob-hv1", 1, 2), *asked_by("emob-hv3", 1, 2, 3)]
    assert [row.topic_code for row in demand.demand_by_topic(needs)] == ["emob-hv3"]
    assert [row.topic_code for row in demand.demand_by_topic(needs, minimum=1)] == ["emob-hv1", "emob-hv3"]


def test_one_companys_headcount_can_be_computed_when_the_second_guard_is_out() -> None:
    """The damage: total of the group minus the topics that are shown is what one company asks for."""
    needs = [*asked_by("emob-hv1", 7), *asked_by("emob-hv3", 1, 2, 3)]
    unguarded = sum(need.headcount for need in needs)
    shown = sum(row.headcount for row in demand.demand_by_topic(needs))
    assert unguarded - shown == 8  # exactly company 7
    assert demand.demand_by_group(needs) == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["emob-hv1", "emob-hv3", "auto-plc1"]), st.integers(1, 5)), max_size=15
    )
)
def test_no_difference_of_figures_is_about_one_or_two_companies(asked: list[tuple[str, int]]) -> None:
    needs = [need for topic, number in asked for need in asked_by(topic, number)]
    topics = demand.demand_by_topic(needs)
    for row in topics:
        assert row.companies >= demand.MIN_COMPANIES
    for group in demand.demand_by_group(needs):
        shown = {row.topic_code for row in topics}
        hidden = {
            need.organisation_id
            for need in needs
            if need.topic_code.startswith(group.topic_code) and need.topic_code not in shown
        }
        assert not hidden or len(hidden) >= demand.MIN_COMPANIES


def test_mandatory_heads_are_hidden_when_they_are_of_one_company() -> None:
    mixed = [*asked_by("emob-hv1", 1, mandatory=True), *asked_by("emob-hv1", 2, 3)]
    assert demand.demand_by_topic(mixed)[0].mandatory_headcount is None
    clear = [*asked_by("emob-hv1", 1, 2, 3, mandatory=True), *asked_by("emob-hv1", 4, 5, 6)]
    assert demand.demand_by_topic(clear)[0].mandatory_headcount == 9
