"""Names of organisations in the form under which they are compared. Pure."""

import re
import unicodedata

# A writer without umlauts on the keyboard types two letters; both spellings must meet (DIN 5007-2).
_DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_NO_WORD = re.compile(r"[^0-9a-z\u0080-\U0010ffff]+")


def folded(text: str) -> str:
    """Return the words in lower case without accents and punctuation: "Müller & Söhne" is "Mueller, Soehne"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    for two, one in _DIGRAPHS:
        plain = plain.replace(two, one)
    return _NO_WORD.sub(" ", plain).strip()


def natural_key(name: str, ags: str) -> str:
    """Return the key of an organisation that has no number: its folded name in its district."""
    return f"name:{ags}:{folded(name)}"


def reference_key(network_id: str, reference: str) -> str:
    """Return the key of an organisation by the number that a network gave it."""
    return f"reference:{network_id}:{reference.strip().casefold()}"
