"""Codes of a second factor: the standard's vectors, the window, what people type."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from services.membership.secondfactors.domain import (
    cleaned,
    enrolment_uri,
    grouped,
    is_time_code,
    matching_step,
    step_at,
)
from services.membership.secondfactors.store import Seal
from shared.errors import Failed

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the ASCII key of RFC 6238, appendix B, in base32


@pytest.mark.parametrize(
    ("second", "code"),  # RFC 6238, appendix B, SHA-1; the last six of its eight digits
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_of_the_standard_are_right(second: int, code: str) -> None:
    assert matching_step(SECRET, code, second) == step_at(second)


@pytest.mark.parametrize(("late", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_fits_one_step_early_and_late_and_no_longer(late: int, fits: bool) -> None:
    found = matching_step(SECRET, "005924", 1234567890 + late)
    assert found == (step_at(1234567890) if fits else None)


@given(st.text(max_size=12))
def test_typed_text_never_breaks_the_check(typed: str) -> None:
    assert matching_step(SECRET, cleaned(typed), 1_700_000_000) in {None, *range(56_666_665, 56_666_668)}


def test_what_people_type_is_understood() -> None:
    assert cleaned(" 123 456 ") == "123456"
    assert cleaned("abcd-efgh-ijkl-mnop") == "ABCDEFGHIJKLMNOP"
    assert is_time_code("123456")
    assert not is_time_code("１２３４５６")
    assert not is_time_code("12345")
    assert grouped("ABCDEFGHIJKLMNOP") == "ABCD-EFGH-IJKL-MNOP"
    with pytest.raises(ValueError, match="base32"):
        grouped("ABCDEFGHIJKLMNO1")


def test_the_uri_names_issuer_and_account() -> None:
    uri = enrolment_uri(SECRET, "ada@people.example")
    assert uri.startswith("otpauth://totp/Verbundwerk:ada%40people.example?")
    assert f"secret={SECRET}" in uri


def test_a_sealed_secret_opens_after_the_key_was_changed_and_not_without_it() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Seal([old]).close(SECRET)
    assert SECRET not in sealed
    assert Seal([new, old]).open(sealed) == SECRET
    for seal in (Seal([new]), Seal()):
        with pytest.raises(Failed):
            seal.open(sealed)
