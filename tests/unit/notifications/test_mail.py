"""Mail headers hold against every name."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.mail import MAX_NAME, Parts, Refused, compose

PARTS = Parts(
    key="s:1:company_hr:booked_hr:p",
    sender="verbundwerk@verbund.example",
    name="Nina Maier",
    address="nina@firma.example",
    subject="Buchung bestätigt",
    text="Guten Tag",
    html="<p>Guten Tag</p>",
    language="de",
    trace_id="0af7651916cd43dd8448eb211c80319c",
    at=datetime(2026, 10, 1, 12, tzinfo=UTC),
)


def parsed(parts: Parts) -> EmailMessage:
    found = message_from_bytes(compose(parts).as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


class TestCompose:
    def test_it_says_what_it_is(self) -> None:
        mail = parsed(PARTS)
        assert mail["X-Verbundwerk-Trace"] == PARTS.trace_id
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["List-Id"] == "Verbundwerk <notifications.verbund.example>"
        assert [part.get_content_type() for part in mail.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]

    def test_the_same_key_gives_the_same_message_id(self) -> None:
        assert parsed(PARTS)["Message-ID"] == parsed(replace(PARTS, subject="x"))["Message-ID"]
        assert parsed(PARTS)["Message-ID"] != parsed(replace(PARTS, key="other"))["Message-ID"]

    @pytest.mark.parametrize(
        "name",
        [
            "Eve\r\nBcc: all@firma.example",
            "Eve\nSubject: x",
            'a" <other@firma.example>, "b',
            "a@b.example, c@d.example",
            "\u202eeveN",
            "\u2028Bcc: all@firma.example",
        ],
    )
    def test_a_name_adds_no_header_and_no_recipient(self, name: str) -> None:
        mail = parsed(replace(PARTS, name=name))
        assert mail["Bcc"] is None
        assert mail["Subject"] == PARTS.subject
        assert [one.addr_spec for one in mail["To"].addresses] == [PARTS.address]

    @pytest.mark.parametrize("name", ["Łukasz Ćwikła", "نینا مایر", "山田太郎", "Zoë 👩‍🔧", "O'Brien, Jr."])
    def test_names_of_every_script_arrive(self, name: str) -> None:
        assert parsed(replace(PARTS, name=name))["To"].addresses[0].display_name == name

    def test_a_very_long_name_is_cut(self) -> None:
        shown = parsed(replace(PARTS, name="Ä" * 5_000))["To"].addresses[0].display_name
        # The standard library puts a blank where it folds a word that is longer than a line.
        assert len(shown.replace(" ", "")) <= MAX_NAME
        assert shown.endswith("…")

    @given(st.text(max_size=200))
    def test_any_name_leaves_one_recipient(self, name: str) -> None:
        mail = parsed(replace(PARTS, name=name))
        assert [one.addr_spec for one in mail["To"].addresses] == [PARTS.address]

    @pytest.mark.parametrize(
        "address", ["", "nina", "a@b\r\nBcc: c@d", "a@b,c@d", "<a@b>", "a b@c.example", "@", "a..b@c.example"]
    )
    def test_an_address_that_is_none_is_refused(self, address: str) -> None:
        with pytest.raises(Refused):
            compose(replace(PARTS, address=address))
