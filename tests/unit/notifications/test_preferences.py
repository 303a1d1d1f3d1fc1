"""What a person may choose, and when her mail then comes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.preferences.domain import (
    Digest,
    Later,
    MandatoryKind,
    Mode,
    Never,
    Now,
    Preferences,
    Quiet,
    Wish,
    chosen,
    judge,
    mode_of,
    next_digest,
    quiet_until,
)
from services.notifications.preferences.store import kinds
from shared.errors import Invalid

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOW_MS = round(TUESDAY.timestamp() * 1000)
NIGHT = Quiet(starts=time(20), ends=time(7))


class TestKinds:
    @pytest.mark.parametrize("kind", ["bookings", "changes", "deadlines", "technical"])
    def test_nothing_mandatory_can_be_switched_off(self, kind: str) -> None:
        with pytest.raises(MandatoryKind):
            chosen(kinds(), kind, Mode.OFF, None, NOW_MS)
        smuggled = Preferences(wishes={kind: Wish(mode=Mode.OFF)})
        assert judge(kinds(), kind, high=False, wishes=smuggled, now=TUESDAY) == Now()

    def test_nothing_optional_is_on_for_ever(self) -> None:
        assert mode_of(kinds(), "news", Preferences(), NOW_MS) is Mode.OFF
        wish = chosen(kinds(), "news", Mode.INSTANT, NOW_MS * 2, NOW_MS)
        assert wish.until_ms is not None
        wishes = Preferences(wishes={"news": wish})
        assert mode_of(kinds(), "news", wishes, wish.until_ms - 1) is Mode.INSTANT
        assert mode_of(kinds(), "news", wishes, wish.until_ms) is Mode.OFF
        assert wish.until_ms - NOW_MS == 366 * 24 * 3600 * 1000
        assert mode_of(kinds(), "news", Preferences(wishes={"news": Wish(mode=Mode.DIGEST)}), 1) is Mode.OFF

    def test_an_unknown_kind_is_refused(self) -> None:
        with pytest.raises(Invalid):
            chosen(kinds(), "gossip", Mode.INSTANT, None, NOW_MS)

    def test_reminders_can_be_switched_off(self) -> None:
        off = Preferences(wishes={"reminders": chosen(kinds(), "reminders", Mode.OFF, None, NOW_MS)})
        assert judge(kinds(), "reminders", high=False, wishes=off, now=TUESDAY) == Never()


class TestWhen:
    def test_high_urgency_waits_for_nothing(self) -> None:
        wishes = Preferences(
            wishes={"bookings": Wish(mode=Mode.DIGEST)}, quiet=Quiet(starts=time(0), ends=time(23))
        )
        assert judge(kinds(), "bookings", high=True, wishes=wishes, now=TUESDAY) == Now()
        assert isinstance(judge(kinds(), "bookings", high=False, wishes=wishes, now=TUESDAY), Later)

    @pytest.mark.parametrize(
        ("local", "ends"),
        [
            ("19:59", None),
            ("20:00", "25 07:00"),
            ("23:30", "25 07:00"),
            ("06:59", "24 07:00"),
            ("07:00", None),
        ],
    )
    def test_quiet_hours_pass_midnight_in_the_persons_time_zone(self, local: str, ends: str | None) -> None:
        zone = ZoneInfo("America/New_York")
        wishes = Preferences(quiet=NIGHT, time_zone=zone.key)
        hour, minute = map(int, local.split(":"))
        now = datetime(2026, 11, 24, hour, minute, tzinfo=zone)
        found = quiet_until(wishes, now)
        assert (found and found.astimezone(zone).strftime("%d %H:%M")) == ends

    def test_a_digest_skips_the_weekend_and_keeps_the_clock_over_the_time_change(self) -> None:
        friday = datetime(2026, 10, 23, 12, tzinfo=UTC)
        wishes = Preferences(digest=Digest(at=time(7, 30)))
        monday = next_digest(wishes, friday)
        assert monday == datetime(2026, 10, 26, 6, 30, tzinfo=UTC)
        assert next_digest(wishes, monday) == datetime(2026, 10, 27, 6, 30, tzinfo=UTC)

    @settings(deadline=None)
    @given(
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        st.times(),
        st.sets(st.integers(1, 7), min_size=1),
    )
    def test_the_next_digest_is_within_a_week_on_a_chosen_day(
        self, now: datetime, at: time, days: set[int]
    ) -> None:
        clock = at.replace(second=0, microsecond=0)
        found = next_digest(Preferences(digest=Digest(at=clock, weekdays=tuple(sorted(days)))), now)
        assert now < found <= now + timedelta(days=8)
        assert found.astimezone(ZoneInfo("Europe/Berlin")).isoweekday() in days
