"""De minimis: 300,000 € in any three years, for linked enterprises together; golden cases with their edges."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.aid import domain
from services.membership.aid.domain import (
    AidCeilingExceeded,
    AidGrant,
    AidLedger,
    GrantNotYet,
    Instrument,
    LedgerFull,
    LegalBasis,
    ceiling_on,
    standing,
    years_before,
)
from services.membership.reference import aid_ceilings
from shared.decisions import Change
from shared.errors import AlreadyExists, NotFound
from shared.events.aid import AidGrantRecorded

TODAY = date(2028, 6, 30)
FULL = 30_000_000
EMPTY = AidLedger(id="l", organisation_id="o", created_ms=1)


def grant(euros: float, day: str, name: str = "g") -> AidGrant:
    return AidGrant(
        id=name,
        amount_cents=round(euros * 100),
        granted_on=date.fromisoformat(day),
        legal_basis=LegalBasis.DE_MINIMIS_2023_2831,
        instrument=Instrument.GRANT,
        giver="L-Bank",
        recorded_ms=1,
    )


def recorded(*grants: tuple[float, str], others: tuple[AidGrant, ...] = (), today: date = TODAY) -> AidLedger:
    ledger = EMPTY
    for number, (euros, day) in enumerate(grants):
        new = grant(euros, day, str(number))
        ledger = domain.record(ledger, new, others=others, table=aid_ceilings(), today=today).state
    return ledger


@pytest.mark.parametrize(
    ("grants", "fits"),
    [
        ([(300_000, "2026-11-24")], True),
        ([(300_000.01, "2026-11-24")], False),
        ([(299_999.99, "2026-11-24"), (0.01, "2026-11-25")], True),
        ([(299_999.99, "2026-11-24"), (0.02, "2026-11-25")], False),
        # Three years to the day: the first one is just outside of the window.
        ([(300_000, "2024-11-24"), (300_000, "2027-11-24")], True),
        ([(300_000, "2024-11-24"), (0.01, "2027-11-23")], False),
        # Not calendar years: December and January meet.
        ([(200_000, "2024-12-31"), (200_000, "2027-12-30")], False),
        ([(200_000, "2024-12-31"), (200_000, "2027-12-31")], True),
        # 29 February counts like 28 February.
        ([(300_000, "2025-02-28"), (300_000, "2028-02-28")], True),
        ([(300_000, "2025-02-28"), (300_000, "2028-02-29")], True),
        ([(300_000, "2025-03-01"), (300_000, "2028-02-29")], False),
        # Entered late: it also counts in the window of what was given after it.
        ([(200_000, "2026-06-01"), (200_000, "2025-06-01")], False),
        ([(200_000, "2028-06-01"), (200_000, "2025-06-01")], True),
        ([(200_000, "2028-05-31"), (200_000, "2025-06-01")], False),
        # Before 2024 another regulation held; its grants count once they are in a window of this one.
        ([(200_000, "2023-12-31"), (100_000, "2024-01-01")], True),
        ([(200_000, "2023-12-31"), (100_000.01, "2024-01-01")], False),
    ],
)
def test_golden_cases_of_the_ceiling(grants: list[tuple[float, str]], fits: bool) -> None:
    if fits:
        assert len(recorded(*grants).grants) == len(grants)
    else:
        recorded(*grants[:-1])
        with pytest.raises(AidCeilingExceeded):
            recorded(*grants)


def test_the_refusal_says_how_much_is_left_and_when() -> None:
    with pytest.raises(AidCeilingExceeded) as refusal:
        recorded((250_000, "2026-01-10"), (60_000, "2027-01-10"))
    assert refusal.value.params == {
        "window_from": "2024-01-10",
        "window_to": "2027-01-10",
        "would_cents": 31_000_000,
        "ceiling_cents": FULL,
        "left_cents": 5_000_000,
    }
    assert "5000000" in refusal.value.text("de")


def test_linked_enterprises_share_one_ceiling() -> None:
    others = (grant(200_000, "2026-11-24", "of another"),)
    recorded((100_000, "2026-11-24"), others=others)
    with pytest.raises(AidCeilingExceeded):
        recorded((100_000.01, "2026-11-24"), others=others)


@pytest.mark.parametrize(("euros", "warned"), [(239_999.99, False), (240_000, True), (300_000, True)])
def test_the_warning_begins_at_80_percent(euros: float, warned: bool) -> None:
    found = standing([grant(euros, "2026-11-24")], aid_ceilings(), date(2026, 11, 24))
    assert (found.warning, found.left_cents) == (warned, FULL - round(euros * 100))
    assert found.next_release == date(2029, 11, 24)


def test_the_rule_ends_with_2030() -> None:
    assert ceiling_on(aid_ceilings(), date(2030, 12, 31)) is not None
    for day in (date(2031, 1, 1), date(2023, 12, 31)):
        assert ceiling_on(aid_ceilings(), day) is None
        assert standing([grant(1, "2023-12-31")], aid_ceilings(), day).ceiling is None


def test_a_withdrawn_grant_counts_no_more_and_stays_to_be_seen() -> None:
    ledger = recorded((300_000, "2026-11-24"))
    after = domain.withdraw(ledger, "0")
    assert len(after.events) == 1
    assert domain.withdraw(after.state, "0") == Change(after.state)
    again = domain.record(
        after.state, grant(300_000, "2026-11-25", "1"), others=(), table=aid_ceilings(), today=TODAY
    )
    assert [one.withdrawn for one in again.state.grants] == [True, False]
    with pytest.raises(NotFound):
        domain.withdraw(ledger, "9")


def test_repeating_changes_nothing_and_the_event_names_no_giver() -> None:
    change = domain.record(EMPTY, grant(1, "2026-11-24"), others=(), table=aid_ceilings(), today=TODAY)
    (event,) = change.events
    assert isinstance(event, AidGrantRecorded)
    assert "L-Bank" not in event.model_dump_json()
    repeat = grant(1, "2026-11-24").model_copy(update={"recorded_ms": 9})
    assert domain.record(change.state, repeat, others=(), table=aid_ceilings(), today=TODAY) == Change(
        change.state
    )
    with pytest.raises(AlreadyExists):
        domain.record(change.state, grant(2, "2026-11-24"), others=(), table=aid_ceilings(), today=TODAY)


def test_tomorrow_s_grant_and_one_too_many_are_refused() -> None:
    with pytest.raises(GrantNotYet):
        recorded((1, "2028-07-01"))
    full = EMPTY.model_copy(update={"grants": tuple(grant(1, "2024-01-01", str(n)) for n in range(500))})
    with pytest.raises(LedgerFull):
        domain.record(full, grant(1, "2026-11-24", "x"), others=(), table=aid_ceilings(), today=TODAY)


_days = st.dates(date(2024, 1, 1), date(2028, 6, 30))


@given(st.lists(st.tuples(st.integers(1, 20_000_000), _days), max_size=12))
def test_no_window_of_three_years_ever_holds_more(history: list[tuple[int, date]]) -> None:
    ledger = EMPTY
    for number, (cents, day) in enumerate(history):
        new = grant(cents / 100, day.isoformat(), str(number))
        try:
            ledger = domain.record(ledger, new, others=(), table=aid_ceilings(), today=TODAY).state
        except AidCeilingExceeded:
            continue
    for end in {one.granted_on for one in ledger.grants}:
        start = years_before(end, 3)
        assert sum(one.amount_cents for one in ledger.grants if start < one.granted_on <= end) <= FULL
