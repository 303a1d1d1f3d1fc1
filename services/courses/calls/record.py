"""The neutral record of a call: everything that was decided, by whom, when and why; as data, HTML and PDF.

Before the opening the record is silent about offers: it shows neither that one came in nor who asked.
"""

from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.courses.calls.domain import Act, Call, CallState
from services.courses.calls.terms import Criterion, OfferContent, Specification
from services.courses.calls.views import AwardView, OfferView, QuestionView, call_view
from shared.events.calls import CallEndReason
from shared.reference import topics
from shared.web import View
from shared.zones import BERLIN

_HERE = Path(__file__).parent
_LOCALES = {"de": "de_DE", "en": "en_GB"}
_SILENT = frozenset({Act.SUBMITTED, Act.WITHDRAWN, Act.ASKED})


class EntryView(View):
    """One line of the journal; `person_id` null means: the clock."""

    at: datetime
    act: Act
    person_id: str | None
    offer_id: str | None


class RecordedOffer(OfferView):
    """An opened offer with all that it says."""

    content: OfferContent | None


class RecordView(View):
    """The whole call, in the order in which it happened; `generated_at` says as of when."""

    call_id: str
    network_id: str
    pool_id: str
    state: CallState
    generated_at: datetime
    specification: Specification
    criteria: list[Criterion]
    providers: list[str]
    few_providers_reason: str
    due_at: datetime
    offers_sealed: bool
    questions: list[QuestionView]
    offers: list[RecordedOffer]
    award: AwardView | None
    end_reason: CallEndReason | None
    end_note: str
    journal: list[EntryView]

    def organisations(self) -> set[str]:
        """Return the organisations that it names."""
        return {*self.providers, *(offer.provider_id for offer in self.offers)}

    def people(self) -> set[str]:
        """Return the persons that it names."""
        return {entry.person_id for entry in self.journal if entry.person_id}


def record_of(call: Call, at: datetime) -> RecordView:
    """Return the record as it can be shown at this instant."""
    shown = call_view(call, at)
    offers = [
        RecordedOffer(**offer.model_dump(), content=call.opened[offer_id].content)
        for offer in shown.offers
        for offer_id in call.opened
        if offer_id == offer.offer_id
    ]
    return RecordView(
        call_id=call.id,
        generated_at=at,
        offers=offers,
        journal=[
            EntryView.model_validate(entry.model_dump())
            for entry in call.journal
            if not (shown.offers_sealed and entry.act in _SILENT)
        ],
        **shown.model_dump(exclude={"id", "offers"}),
    )


def html_of(record: RecordView, names: dict[str, str], language: str) -> str:
    """Return the record as an HTML document; an id without a name stands for itself."""
    return (
        _layouts()
        .get_template("record.html.j2")
        .render(
            record=record,
            t=_texts(language),
            language=language,
            topic=topics()[record.specification.topic_code].title(language),
            name=lambda key: names.get(key, key),
            moment=lambda at: format_datetime(
                at, "d. MMM y, HH:mm:ss", tzinfo=BERLIN, locale=_LOCALES[language]
            ),
            day=lambda on: format_date(on, "medium", locale=_LOCALES[language]),
            money=lambda cents: format_currency(Decimal(cents) / 100, "EUR", locale=_LOCALES[language]),
        )
    )


@cache
def _texts(language: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        (_HERE / "data" / f"record.{language}.yaml").read_text(encoding="utf-8")
    )
    return found


@cache
def _layouts() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_HERE / "layouts"), undefined=StrictUndefined, autoescape=True
    )
