"""The columns of the lists that can be imported, exported and downloaded as templates. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.membership.names import folded
from shared.errors import Rejected


class ImportKind(StrEnum):
    ORGANISATIONS = "organisations"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, its headings in both languages, other headings in use, an example, what goes into it."""

    key: str
    de: str
    en: str
    also: tuple[str, ...]
    example: str
    about_de: str
    about_en: str
    required: bool = False

    def heading(self, language: str) -> str:
        """Return the heading for a reader of `language` ("de" or "en")."""
        return self.de if language == "de" else self.en


_NAME = Column(
    "name",
    "Name",
    "Name",
    ("Firma", "Unternehmen", "Betrieb", "Company"),
    "Weberei Lindach KG (Demo)",
    "Name der Organisation, höchstens 200 Zeichen",
    "Name of the organisation, 200 characters at most",
    required=True,
)
_DISTRICT = Column(
    "district",
    "Kreis",
    "District",
    ("AGS", "Landkreis", "Stadtkreis", "Kreisschlüssel"),
    "08415",
    "Kreisschlüssel (AGS, 5 Stellen) oder Name des Stadt- oder Landkreises",
    "AGS of the district (5 digits) or its name",
    required=True,
)
_REFERENCE = Column(
    "reference",
    "Nummer",
    "Reference",
    ("Kundennummer", "Mitgliedsnummer", "Number", "Organisationsnummer"),
    "1001",
    "Ihre eigene Nummer der Organisation; damit wird sie wiedererkannt, auch wenn sie anders heißt",
    "Your own number of the organisation; it is recognised by it even under another name",
)

ORGANISATION_COLUMNS: tuple[Column, ...] = (
    _NAME,
    Column(
        "kind",
        "Art",
        "Kind",
        ("Typ", "Type", "Organisationsart"),
        "Unternehmen",
        "Unternehmen (wenn leer), Bildungsanbieter, Verband oder öffentliche Stelle",
        "Company (if empty), provider, association or public body",
    ),
    _DISTRICT,
    Column(
        "industry_scheme",
        "WZ-Ausgabe",
        "Industry scheme",
        ("Ausgabe", "WZ", "Scheme", "Klassifikation"),
        "WZ2008",
        "WZ2008 oder WZ2025; gehört zum WZ-Code",
        "WZ2008 or WZ2025; belongs to the industry code",
    ),
    Column(
        "industry_code",
        "WZ-Code",
        "Industry code",
        ("Branche", "Branchencode", "Wirtschaftszweig", "NACE"),
        "13.20",
        "Code des Wirtschaftszweigs mit Punkt; die Spalte als Text formatieren",
        "Code of the industry with a dot; format the column as text",
    ),
    Column(
        "azav_until",
        "AZAV bis",
        "AZAV until",
        ("AZAV gültig bis", "AZAV"),
        "",
        "Nur Bildungsanbieter: letzter Tag der AZAV-Zulassung (TT.MM.JJJJ)",
        "Providers only: last day of the AZAV approval (DD.MM.YYYY or YYYY-MM-DD)",
    ),
    _REFERENCE,
    Column(
        "roles",
        "Rollen",
        "Roles",
        ("Rolle", "Role"),
        "Entsender, Treiber",
        "Rollen im Verbund, mit Komma: Organisator, Finanzier, Entsender, Best-Practice-Geber, Treiber",
        "Roles in the network, with commas: organiser, financier, sender, best practice giver, driver",
    ),
    Column(
        "member_since",
        "Mitglied seit",
        "Member since",
        ("Eintritt", "Seit", "Since"),
        "01.11.2026",
        "Erster Tag der Mitgliedschaft; leer heißt: noch kein Mitglied",
        "First day of the membership; empty means: no member yet",
    ),
)
PEOPLE_COLUMNS: tuple[Column, ...] = (
    Column(
        "name",
        "Name",
        "Name",
        ("Vor- und Nachname", "Full name"),
        "Ada Beispiel",
        "Vor- und Nachname",
        "First and last name",
        required=True,
    ),
    Column(
        "email",
        "E-Mail",
        "E-mail",
        ("Mail", "E-Mail-Adresse", "E-mail address"),
        "ada@people.example",
        "Dienstliche E-Mail-Adresse; an ihr wird die Person wiedererkannt",
        "Work e-mail address; the person is recognised by it",
        required=True,
    ),
    Column(
        "role",
        "Rolle",
        "Role",
        ("Funktion",),
        "Personal",
        "Personal (company_hr), Anbieter, Verband oder Teilnehmer",
        "HR (company_hr), provider, association or participant",
    ),
    Column(
        "organisation",
        "Organisation",
        "Organisation",
        ("Firma", "Unternehmen", "Betrieb", "Company"),
        "Weberei Lindach KG (Demo)",
        "Name der Organisation im Verbund, wie dort eingetragen",
        "Name of the organisation in the network, as it is registered",
    ),
    Column(
        "district",
        _DISTRICT.de,
        _DISTRICT.en,
        _DISTRICT.also,
        "08415",
        "Kreis der Organisation, nötig mit ihrem Namen",
        "District of the organisation, needed with its name",
    ),
    _REFERENCE,
    Column(
        "locale",
        "Sprache",
        "Language",
        ("Locale",),
        "de",
        "de (wenn leer) oder en",
        "de (if empty) or en",
    ),
)
COLUMNS: Mapping[ImportKind, tuple[Column, ...]] = {
    ImportKind.ORGANISATIONS: ORGANISATION_COLUMNS,
    ImportKind.PEOPLE: PEOPLE_COLUMNS,
}


class ColumnMissing(Rejected):
    status = 422
    en = 'The column "{heading}" is missing; the first line holds the headings.'
    de = "Die Spalte „{heading}“ fehlt; die erste Zeile enthält die Überschriften."


class ColumnTwice(Rejected):
    status = 422
    en = 'Two columns mean "{heading}".'
    de = "Zwei Spalten bedeuten „{heading}“."


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which column stands where, and the headings that nobody knows."""

    places: Mapping[str, int]
    ignored: tuple[str, ...]


def mapped(kind: ImportKind, headings: Sequence[str]) -> Mapped:
    """Find the columns by their headings, in any order and either language.

    Errors: `ColumnMissing`, `ColumnTwice` 422.
    """
    known = {folded(name): one for one in COLUMNS[kind] for name in (one.key, one.de, one.en, *one.also)}
    places: dict[str, int] = {}
    ignored = []
    for place, heading in enumerate(headings):
        found = known.get(folded(heading))
        if found is None:
            if heading:
                ignored.append(heading[:60])
            continue
        if found.key in places:
            raise ColumnTwice(heading=found.de)
        places[found.key] = place
    for column in COLUMNS[kind]:
        if column.required and column.key not in places:
            raise ColumnMissing(heading=column.de)
    return Mapped(places, tuple(ignored))
