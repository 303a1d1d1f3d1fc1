"""Text that people type: names and short notes, cleaned and bounded before anything is stored."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

# Bidirectional overrides and isolates can make a name read as another one (Unicode TR 36, section 2.10).
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})


def clean(text: str) -> str:
    """Return `text` in Unicode NFC. Errors: `ValueError` for control, private-use or invisible-only text."""
    text = unicodedata.normalize("NFC", text)
    for character in text:
        if character in _BIDI_CONTROLS or unicodedata.category(character) in _FORBIDDEN_CATEGORIES:
            msg = f"the character U+{ord(character):04X} is not allowed"
            raise ValueError(msg)
    if text and not any(unicodedata.category(character)[0] in "LNSP" for character in text):
        msg = "there is nothing to see in it"
        raise ValueError(msg)
    return text


def clean_lines(text: str) -> str:
    """Return text of several lines, each cleaned; line ends become LF. Errors: see `clean`."""
    lines = (line.replace("\t", " ").rstrip() for line in text.splitlines())
    return "\n".join(clean(line) if line else "" for line in lines)


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(clean)
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(clean)]
LongNote = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=8000), AfterValidator(clean_lines)
]
