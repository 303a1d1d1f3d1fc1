"""The words of letters, from data, laid out as every mail is."""

from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_datetime
from pydantic import BaseModel, ConfigDict

from services.notifications import layout
from services.notifications.layout import Page

_HERE = Path(__file__).parent.parent
_LOCALES = {"de": "de_DE", "en": "en_GB"}
_FORMATS = {"de": "d. MMMM y, H:mm 'Uhr'", "en": "d MMMM y, HH:mm"}
_HOME = ZoneInfo("Europe/Berlin")


class LetterText(BaseModel):
    """One kind of letter in one language; `open` is the text of the link."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    title: str
    body: tuple[str, ...]
    open: str


class LetterTexts(BaseModel):
    """All letters in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    greeting: str
    valid_until: str
    footer: str
    letters: dict[str, LetterText]


@cache
def letter_texts(language: str) -> LetterTexts:
    """Return the letters' texts. Errors: `ValidationError`."""
    file = _HERE / "data" / f"letters.{language}.yaml"
    return LetterTexts.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def lay_out(medium: str, kind: str, language: str, *, name: str, link: str, until: datetime) -> str:
    """Return a letter's body; `medium` is "html" or "txt"."""
    texts = letter_texts(language)
    text = texts.letters[kind]
    said = format_datetime(until.astimezone(_HOME), _FORMATS[language], locale=_LOCALES[language])
    page = Page(
        language=language,
        words={"greeting": texts.greeting},
        subject=text.subject,
        title=text.title,
        paragraphs=text.body,
        name=name,
        facts=[(texts.valid_until, [said])],
        link=link,
        button=text.open,
        footer=texts.footer,
    )
    return layout.lay_out(medium, page)
