"""Names of organisations in the form under which they are compared. Pure."""

import re
import unicodedata

# A writer without umlauts on the keyboard types two letters; both spellings must meet (DIN 5007-2).
_DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
# Letters that have no accent to take away (Unicode decomposes none of them).
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "a", "œ": "o", "þ": "th", "ð": "d"})
_NO_WORD = re.compile(r"[^0-9a-z\u0080-\U0010ffff]+")


def folded(text: str) -> str:
    """Return the words in lower case without accents and punctuation: "Müller & Söhne" is "Mueller, Soehne"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    plain = plain.translate(_LETTERS)
    before = ""
    while plain != before:  # "oee" has another digraph once the first is folded
        before = plain
        for two, one in _DIGRAPHS:
            plain = plain.replace(two, one)
    return _NO_WORD.sub(" ", plain).strip()


# Words that say nothing about which firm is meant.
_LEGAL_FORMS = frozenset(
    [
        "gmbh",
        "ggmbh",
        "mbh",
        "ag",
        "kg",
        "kgaa",
        "ohg",
        "gbr",
        "ug",
        "se",
        "ev",
        "e",
        "v",
        "eg",
        "ek",
        "k",
        "co",
        "haftungsbeschrankt",
        "stiftung",
        "und",
        "and",
        "demo",
    ]
)


def searched(text: str) -> str:
    """Return the words of a name or a query that tell firms apart; all of them if there are no others."""
    words = folded(text).split()
    telling = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(telling or words)


def grams(text: str) -> frozenset[str]:
    """Return what a misspelled word still shares with the right one: its first letter and all groups of three."""
    found = set()
    for word in text.split():
        padded = f" {word} "
        found.add(padded[:2])
        found |= {padded[start : start + 3] for start in range(len(padded) - 2)}
    return frozenset(found)


def natural_key(name: str, ags: str) -> str:
    """Return the key of an organisation that has no number: its folded name in its district."""
    return f"name:{ags}:{folded(name)}"


def reference_key(network_id: str, reference: str) -> str:
    """Return the key of an organisation by the number that a network gave it."""
    return f"reference:{network_id}:{reference.strip().casefold()}"
