"""Every text in both languages, whatever people are called."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import html5lib
import pytest
from jinja2 import UndefinedError

from services.notifications import texts
from services.notifications.layout import Page, lay_out
from services.notifications.texts import LANGUAGES, Reader, Rendered, Session
from shared.events.course_values import SessionDay
from shared.events.membership import CancellationTier

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
BOOKING = "0193a5c2-7d1e-7a3b-9c4d-0123456789ab"
FACTS: dict[str, Any] = {
    "price_cents": 117_300,
    "position": 2,
    "was_confirmed": True,
    "days_before": 20,
    "fee_percent": 50,
    "fee_cents": 58_650,
    "refilled": False,
    "waiting": False,
    "expires_at": "2026-12-01T12:00:00Z",
    "answer_by": "2026-12-01T12:00:00Z",
    "takes_effect_at": "2026-12-01T12:00:00Z",
    "seats_offered": 1,
    "confirmed": 3,
    "minimum_seats": 6,
    "reason": "dead",
}
WITHOUT_SESSION = {"webhook_stopped"}
SESSION = Session(
    topic_code="emob-hv2s",
    days=(
        SessionDay(
            starts_at=datetime(2026, 12, 9, 7, tzinfo=UTC), ends_at=datetime(2026, 12, 9, 14, 30, tzinfo=UTC)
        ),
    ),
    time_zone="Europe/Berlin",
)
TEMPLATES = sorted({row.template for row in texts.table()})


def written(template: str, language: str, **changes: Any) -> Rendered:
    return texts.render(template, language, texts.context({**FACTS, **changes}, SESSION, language, NOW))


def laid_out(
    medium: str,
    name: str,
    language: str = "de",
    participant: str | None = None,
    *,
    template: str = "booked_hr",
    session: Session = SESSION,
    pays: bool = True,
) -> str:
    rendered = written(template, language)
    words = texts.texts(language).words
    page = Page(
        language=language,
        words=words,
        subject=rendered.subject,
        title=rendered.title,
        paragraphs=rendered.paragraphs,
        name=name,
        facts=texts.facts_of(session, FACTS, BOOKING, Reader(name, language, participant, pays)),
        link="https://verbund.example/",
        button=words["open"],
        footer=words["footer"],
    )
    return lay_out(medium, page)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append(tag)
        if tag not in {"meta", "!doctype"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class TestRender:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("template", TEMPLATES)
    def test_every_template_says_topic_and_day_in_plain_words(self, template: str, language: str) -> None:
        found = written(template, language)
        said = " ".join([found.subject, found.title, *found.paragraphs])
        if template not in WITHOUT_SESSION:
            assert {"de": "Hochvolt", "en": "High voltage"}[language] in said
        assert "{" not in said
        assert "None" not in said
        assert "!" not in said

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_missing_value_is_an_error_not_a_gap(self, language: str) -> None:
        values = texts.context({}, SESSION, language, NOW)
        with pytest.raises(UndefinedError):
            texts.render("booked_hr", language, values)

    def test_dates_and_money_are_in_the_readers_format(self) -> None:
        german, english = (" ".join(written("booked_hr", one).paragraphs) for one in LANGUAGES)
        assert "Mi., 9. Dez. 2026" in german
        assert "1.173,00 € netto" in german.replace("\xa0", " ")
        assert "Wed 9 Dec 2026" in english
        assert "€1,173.00 net" in english

    def test_it_says_until_when_cancelling_is_free(self) -> None:
        assert "Bis einschließlich Mi., 11. Nov. 2026" in " ".join(written("booked_hr", "de").paragraphs)

    @pytest.mark.parametrize(("version", "expected"), [(None, "Nov"), (7, "4. Dez"), (0, "11. Nov")])
    def test_cancelling_is_free_by_the_terms_that_the_booking_froze(
        self, version: int | None, expected: str
    ) -> None:
        old = (CancellationTier(days_before=5, fee_percent=0),)
        session = SESSION.model_copy(update={"earlier": {7: old}})
        values = texts.context({"policy_version": version, "price_cents": 1}, session, "de", NOW)
        assert expected in values["free_until_text"]

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "586,50 €"),
            ({"refilled": True, "fee_cents": 0}, "neu vergeben"),
            ({"fee_cents": 0, "fee_percent": 0}, "Die Stornierung ist kostenfrei."),
            ({"was_confirmed": False, "fee_cents": 0}, "nicht mehr auf der Warteliste"),
        ],
    )
    def test_a_cancellation_says_what_it_costs(self, changes: dict[str, Any], expected: str) -> None:
        assert expected in " ".join(written("cancelled_hr", "de", **changes).paragraphs).replace("\xa0", " ")

    @pytest.mark.parametrize(("waiting", "expected"), [(True, "Warteliste"), (False, "Ihr Kurs")])
    def test_a_substitute_learns_whether_there_is_a_seat(self, *, waiting: bool, expected: str) -> None:
        assert written("substituted_participant", "de", waiting=waiting).subject.startswith(expected)


class TestLayOut:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_html_is_well_formed_names_its_language_and_loads_nothing(self, language: str) -> None:
        html = laid_out("html", "Nina Maier", language)
        tags = Tags()
        tags.feed(html)
        assert not tags.open
        html5lib.HTMLParser(strict=True).parse(html)
        assert not {"img", "table", "script", "link", "iframe"} & set(tags.found)
        assert f'<html lang="{language}"' in html
        assert re.findall(r"https?://[^\"<\s]+", html) == ["https://verbund.example/"]

    def test_a_name_cannot_become_markup(self) -> None:
        html = laid_out("html", "<script>alert(1)</script>", participant='"><img src=x onerror=1>')
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html

    def test_a_name_is_not_a_template(self) -> None:
        assert "{{ 7*7 }}" in laid_out("txt", "{{ 7*7 }}")

    def test_right_to_left_names_are_kept_apart(self) -> None:
        assert "<bdi>نینا مایر</bdi>" in laid_out("html", "نینا مایر")

    def test_the_time_zone_is_named_where_it_is_not_ours(self) -> None:
        there = SESSION.model_copy(update={"time_zone": "Europe/London"})
        body = laid_out("txt", "Nina", "en", session=there)
        assert "Wed 9 Dec 2026, 07:00–14:30 (Europe/London)" in body

    def test_the_participant_sees_no_price(self) -> None:
        body = laid_out("txt", "Nina", template="booked_participant", pays=False)
        assert "€" not in body
        assert "8:00–15:30 Uhr" in body
        assert "456789AB" in body
