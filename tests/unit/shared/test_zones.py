"""A time of day is a local one or none."""

import re

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.zones import LOCAL_TIME, LocalTime

LOCAL: TypeAdapter[LocalTime] = TypeAdapter(LocalTime)


@pytest.mark.parametrize("told", ["07:30:00Z", "07:30+02:00", "24:01", "7:30"])
def test_it_is_refused_when_it_has_a_zone_or_is_none(told: str) -> None:
    assert not re.match(LOCAL_TIME, told)
    with pytest.raises(ValidationError):
        LOCAL.validate_python(told)


@pytest.mark.parametrize("told", ["00:00", "07:30", "23:59:59", "12:00:00.5"])
def test_what_is_answered_matches_its_description(told: str) -> None:
    assert re.match(LOCAL_TIME, told)
    assert re.match(LOCAL_TIME, LOCAL.validate_python(told).isoformat())
