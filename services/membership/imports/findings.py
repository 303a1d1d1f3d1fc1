"""What can be wrong with a line, as sentences in both languages. Pure."""

from collections.abc import Mapping

from shared.events.envelope import Value

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("Hier fehlt eine Angabe.", "A value is missing here."),
    "too-long": (
        "Der Text ist zu lang; höchstens {limit} Zeichen.",
        "The text is too long; at most {limit}.",
    ),
    "text-not-allowed": (
        "Der Text enthält Zeichen, die nicht erlaubt sind.",
        "The text holds characters that are not allowed.",
    ),
    "not-one-of": ("Erlaubt ist: {allowed}.", "Allowed is: {allowed}."),
    "no-such-district": (
        "Diesen Kreis gibt es in Baden-Württemberg nicht; Kreisschlüssel (AGS) mit 5 Stellen oder Name.",
        "There is no such district in Baden-Württemberg; give its AGS of 5 digits or its name.",
    ),
    "district-ambiguous": (
        "Der Name passt auf mehrere Kreise ({allowed}); bitte den Kreisschlüssel (AGS) angeben.",
        "The name fits several districts ({allowed}); please give the AGS.",
    ),
    "no-such-industry": (
        "Den Code gibt es in der Ausgabe {scheme} nicht.",
        "The code is not in the edition {scheme}.",
    ),
    "industry-is-a-date": (
        "Excel hat den Code in ein Datum verwandelt; bitte die Spalte als Text formatieren.",
        "Excel has turned the code into a date; please format the column as text.",
    ),
    "belong-together": (
        "Diese Angabe gehört zur Spalte „{other}“; bitte beide ausfüllen oder beide leer lassen.",
        'This belongs to the column "{other}"; please fill both or leave both empty.',
    ),
    "not-a-date": (
        "Das ist kein Datum zwischen 2000 und 2199 (TT.MM.JJJJ oder JJJJ-MM-TT).",
        "This is no date between 2000 and 2199 (DD.MM.YYYY or YYYY-MM-DD).",
    ),
    "providers-only": ("Das gibt es nur bei Bildungsanbietern.", "Only providers have this."),
    "not-an-address": ("Das ist keine E-Mail-Adresse.", "This is not an e-mail address."),
    "twice-in-file": (
        "Dieselbe Angabe steht schon in Zeile {first}.",
        "The same stands in line {first} already.",
    ),
    "no-such-organisation": (
        "Diese Organisation gehört nicht zum Verbund; Name und Kreis oder Nummer müssen stimmen.",
        "This organisation does not belong to the network; name and district, or number, must fit.",
    ),
    "organisation-ambiguous": (
        "Das passt auf mehrere Organisationen; bitte die Nummer angeben.",
        "This fits several organisations; please give the number.",
    ),
    "kind-differs": (
        "Die Organisation ist schon mit einer anderen Art eingetragen.",
        "The organisation is registered with another kind already.",
    ),
    "role-unfitting": (
        "Diese Rolle passt nicht zur Art der Organisation.",
        "This role does not fit the organisation's kind.",
    ),
    "unexpected": (
        "Die Zeile konnte nicht übernommen werden; die Betreuung findet den Fall unter der Nummer des Imports.",
        "The line could not be taken; support can find the case by the import's number.",
    ),
}


class Finding(Value):
    """What is wrong in one cell. It never quotes the cell: reports outlive the personal data of a list."""

    line: int
    column: str | None
    code: str
    de: str
    en: str


def finding(line: int, column: str | None, code: str, **params: object) -> Finding:
    """Say what is wrong; `code` names the sentence. Errors: KeyError for an unknown code."""
    de, en = _SENTENCES[code]
    return Finding(line=line, column=column, code=code, de=de.format(**params), en=en.format(**params))
