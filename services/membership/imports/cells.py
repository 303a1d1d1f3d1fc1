"""The cells of one line, read as what they mean. Whatever is wrong is noted, nothing is raised. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from email_validator import EmailNotValidError, validate_email

from services.membership.imports.findings import Finding, finding
from services.membership.imports.formulas import unguarded
from services.membership.names import folded
from shared.text import clean

_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Codes:
    """Reference data: AGS by folded district name (several where ambiguous), codes by industry scheme."""

    ags: frozenset[str]
    districts: Mapping[str, tuple[str, ...]]
    industry: Mapping[str, Mapping[str, str]]


@dataclass(slots=True)
class Cells:
    """One line with its number in the file and the places of its columns."""

    line: int
    row: Sequence[str]
    places: Mapping[str, int]
    codes: Codes
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, column: str, code: str, **params: object) -> None:
        """Note what is wrong in a column."""
        self.findings.append(finding(self.line, column, code, **params))

    def text(self, column: str) -> str:
        """Return the cell, empty where the column or the cell is missing."""
        place = self.places.get(column)
        cell = self.row[place] if place is not None and place < len(self.row) else ""
        return unguarded(cell)

    def name(self, column: str, limit: int = 200) -> str:
        """Return a text that has to be there."""
        if not self.text(column):
            self.wrong(column, "missing")
            return ""
        return self.optional_name(column, limit) or ""

    def optional_name(self, column: str, limit: int) -> str | None:
        """Return a text in the form in which every name is stored, None for an empty cell."""
        text = self.text(column)
        if not text:
            return None
        if len(text) > limit:
            self.wrong(column, "too-long", limit=limit)
            return None
        try:
            return clean(text)
        except ValueError:
            self.wrong(column, "text-not-allowed")
            return None

    def choice[T](self, column: str, known: Mapping[str, T], otherwise: T) -> T:
        """Return what the word means, `otherwise` for an empty cell."""
        text = self.text(column)
        if not text:
            return otherwise
        found = known.get(folded(text))
        if found is None:
            self.wrong(column, "not-one-of", allowed=_words(known))
            return otherwise
        return found

    def choices[T](self, column: str, known: Mapping[str, T]) -> tuple[T, ...]:
        """Return what the words mean that commas, semicolons, slashes or line ends divide."""
        words = [folded(word) for word in re.split(r"[,;/|\n]", self.text(column)) if word.strip()]
        if any(word not in known for word in words):
            self.wrong(column, "not-one-of", allowed=_words(known))
            return ()
        return tuple(dict.fromkeys(known[word] for word in words))

    def day(self, column: str) -> date | None:
        """Return a date as German or English spreadsheets write it, None for an empty or wrong cell."""
        text = self.text(column)
        if not text:
            return None
        for form in _DATES:
            try:
                found = datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
            if _FIRST_DAY <= found <= _LAST_DAY:
                return found
        self.wrong(column, "not-a-date")
        return None

    def email(self, column: str) -> str:
        """Return an e-mail address in its normal form."""
        text = self.text(column)
        if not text:
            self.wrong(column, "missing")
            return ""
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError:
            self.wrong(column, "not-an-address")
            return ""

    def district(self, *, required: bool) -> str | None:
        """Return the AGS. Excel takes the leading zero away; municipality keys begin with it."""
        text = self.text("district")
        if not text:
            if required:
                self.wrong("district", "missing")
            return None
        if text.isdigit():
            digits = text.zfill(5) if len(text) <= 5 else text.zfill(8)[:5]
            if digits in self.codes.ags:
                return digits
        found = self.codes.districts.get(folded(text), ())
        if len(found) == 1:
            return found[0]
        if found:
            self.wrong("district", "district-ambiguous", allowed=", ".join(found))
        else:
            self.wrong("district", "no-such-district")
        return None

    def industry(self) -> tuple[str | None, str | None]:
        """Return scheme and code, which only mean something together."""
        scheme, code = self.text("industry_scheme"), self.text("industry_code")
        if not scheme and not code:
            return None, None
        if not scheme or not code:
            empty, other = ("industry_scheme", "WZ-Code") if code else ("industry_code", "WZ-Ausgabe")
            self.wrong(empty, "belong-together", other=other)
            return None, None
        year = re.sub(r"\D", "", scheme)
        known = self.codes.industry.get(f"WZ{year}")
        if known is None:
            self.wrong("industry_scheme", "not-one-of", allowed="WZ2008, WZ2025")
            return None, None
        if re.match(r"^\d{4}-\d{2}-\d{2}", code):
            self.wrong("industry_code", "industry-is-a-date")
            return None, None
        for spelling in _spellings(code):
            if spelling in known:
                return f"WZ{year}", spelling
        self.wrong("industry_code", "no-such-industry", scheme=f"WZ{year}")
        return None, None


def _spellings(code: str) -> Iterable[str]:
    """Yield what a spreadsheet may have made of a code: a decimal comma, no leading zero, no last zero."""
    plain = code.replace(",", ".").replace(" ", "")
    whole, dot, rest = plain.partition(".")
    padded = f"{whole.zfill(2)}{dot}{rest}"
    # 24.10 as a number is 24.1: also a code, but a coarser one that holds it. It is taken as it stands.
    return dict.fromkeys((plain, padded, f"{padded}0"))


def _words(known: Mapping[str, object]) -> str:
    return ", ".join(known)
